import { expect, type Person, test } from "../support/fixtures";

const form = (person: Person) => person.page.getByRole("form", { name: "Add a transaction" });
const dialog = (person: Person) => person.page.getByRole("dialog", { name: "Signed out" });

async function signInAgain(person: Person, password = "correct horse"): Promise<void> {
  await dialog(person).getByLabel("Password").fill(password);
  await dialog(person).getByRole("button", { name: "Sign in" }).click();
}

test("a session that ends while somebody types is renewed in place, and the text is still there", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await form(anna).getByLabel("Amount").fill("12,50");
  await form(anna).getByLabel("Note").fill("half a thought");
  const { items } = await anna.api<{ items: { id: string; current: boolean }[] }>("get", "/auth/sessions");
  await anna.api("delete", `/auth/sessions/${items.find((session) => session.current)?.id}`);
  await expect(dialog(anna)).toBeVisible();
  await ben.api("patch", "/household", { name: "Renamed meanwhile" });
  await signInAgain(anna, "wrong password");
  await expect(dialog(anna).getByRole("alert")).toContainText("Email or password is wrong");
  await signInAgain(anna);
  await expect(dialog(anna)).toBeHidden();
  await anna.live();
  await expect(anna.page.getByText("Renamed meanwhile")).toBeVisible();
  await expect(form(anna).getByLabel("Amount")).toHaveValue("12,50");
  await expect(form(anna).getByLabel("Note")).toHaveValue("half a thought");
  await form(anna).getByLabel("Category").selectOption({ label: "Groceries" });
  await form(anna).getByLabel("Amount").press("Enter");
  await expect(anna.rows("half a thought")).toContainText("−12.50");
});

test("signing out in one tab asks in the other, and signing in there brings both back", async ({ household: { anna } }) => {
  await anna.openLive();
  const tab = await anna.context.newPage();
  await tab.goto(`${anna.server.url}/settings`);
  await tab.getByRole("button", { name: "Sign out" }).last().click();
  await expect(tab.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(dialog(anna)).toBeVisible();
  const email = await dialog(anna).getByLabel("Email").inputValue();
  await tab.getByLabel("Email").fill(email);
  await tab.getByLabel("Password").fill("correct horse");
  await tab.getByRole("button", { name: "Sign in" }).click();
  await expect(tab.locator(".badge-live")).toBeVisible();
  // The tab is shown again.
  await anna.page.evaluate(() => window.dispatchEvent(new Event("pageshow")));
  await expect(dialog(anna)).toBeHidden();
  await anna.live();
});

test("somebody else who signs in there sees nothing of the previous page", async ({ household: { anna }, browser, server }) => {
  const { found } = await import("../support/fixtures");
  const other = (await found(browser, server)).anna;
  await other.api("patch", "/household", { name: "Somewhere else" });
  const { email } = await other.api<{ email: string }>("get", "/auth/me");
  await anna.openLive();
  await anna.add("1", "Groceries", "secret");
  await expect(anna.rows("secret")).toHaveCount(1);
  await anna.api("post", "/auth/logout");
  await dialog(anna).getByLabel("Email").fill(email);
  await signInAgain(anna);
  await expect(anna.page.getByText("Somewhere else")).toBeVisible();
  await expect(anna.page.getByText("secret")).toHaveCount(0);
});

test("an outdated page asks to be reloaded, and loses nothing typed", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("3", "Groceries", "there before");
  let newer = true;
  await anna.page.routeWebSocket(/budget\/ws/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(newer ? String(message).replace(/"build":"[^"]*"/, '"build":"newer"') : message));
  });
  await anna.page.reload();
  const banner = anna.page.getByText("There is a new version of this page", { exact: false });
  await expect(banner).toBeVisible();
  const reload = anna.page.getByRole("button", { name: "Reload" });
  await anna.rows("there before").getByRole("button").click();
  await expect(banner).toContainText("Finish what is open first");
  await expect(reload).toBeDisabled();
  await anna.page.keyboard.press("Escape");
  await form(anna).getByLabel("Amount").fill("17");
  await form(anna).getByLabel("Note").fill("not saved yet");
  await form(anna).getByLabel("Category").selectOption({ label: "Gifts" });
  newer = false;
  await reload.click();
  await expect(banner).toBeHidden();
  await anna.live();
  await expect(form(anna).getByLabel("Amount")).toHaveValue("17");
  await expect(form(anna).getByLabel("Note")).toHaveValue("not saved yet");
  await form(anna).getByLabel("Amount").press("Enter");
  await expect(anna.rows("not saved yet")).toContainText("Gifts");
});

test("the badge shows the number, since when, and how many entries wait", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const badge = anna.page.getByRole("button", { name: /Connection/ });
  await badge.click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("All changes received, no. 2. Live since");
  await expect(popover).toContainText("Nothing is waiting to be sent.");
  await ben.api("patch", "/household", { name: "Renamed" });
  await expect(popover).toContainText("no. 3");
  await anna.page.keyboard.press("Escape");
  await expect(popover).toBeHidden();
  await anna.page.route("**/api/ui/write", (route) => route.abort());
  await anna.add("4.20", "Groceries");
  await anna.add("5", "Gifts");
  await badge.click();
  await expect(popover).toContainText("2 entries are waiting to be sent:");
  // Each can be corrected.
  await expect(popover.getByRole("listitem").locator("p")).toHaveText(["Gifts −5.00", "Groceries −4.20"]);
  await expect(popover.getByRole("button", { name: "Correct" })).toHaveCount(2);
});

test("new rows of another member wait above while somebody reads further down, and nothing moves", async ({ household: { anna, ben } }) => {
  const { items: articles } = await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles");
  const { items: centers } = await anna.api<{ items: { id: string }[] }>("get", "/financial-centers");
  const fact = { article_id: articles.find((row) => row.kind === "expense")?.id, financial_center_id: centers[0].id };
  for (let at = 0; at < 40; at += 1) await anna.api("post", "/facts", { ...fact, amount: "-1", comment: `old ${at}` });
  await ben.openLive();
  await ben.rows("old 5").first().scrollIntoViewIfNeeded();
  const seen = ben.rows("old 10");
  const before = await seen.boundingBox();
  await anna.api("post", "/facts", { ...fact, amount: "-2", comment: "new one" });
  await anna.api("post", "/facts", { ...fact, amount: "-3", comment: "new two" });
  const pill = ben.page.getByRole("button", { name: "2 new ↑" });
  await expect(pill).toBeVisible();
  await expect(ben.rows("new")).toHaveCount(0);
  expect(await seen.boundingBox()).toEqual(before);
  await expect(ben.page.getByTestId("spent"), "figures are right all the same").toContainText("45.00");
  await pill.click();
  await expect(ben.rows("new")).toHaveCount(2);
  await expect(pill).toBeHidden();
  await expect(ben.rows("new one")).toBeInViewport();
  // New rows are tinted, with the initial of their author.
  await anna.api("post", "/facts", { ...fact, amount: "-4", comment: "news" });
  const row = ben.rows("news");
  await expect(row).toHaveClass(/fresh/);
  await expect(row.locator(".avatar")).toHaveText("A");

  await form(ben).getByLabel("Amount").fill("9");
  await anna.api("post", "/facts", { ...fact, amount: "-5", comment: "while typing" });
  await expect(ben.page.getByRole("button", { name: "1 new ↑" })).toBeVisible();
  await expect(ben.rows("while typing")).toHaveCount(0);
  await ben.add("9", "Gifts", "own");
  await expect(ben.rows("own")).toHaveCount(1);
  await expect(ben.rows("while typing")).toHaveCount(1);
});

test("the focus stays where it is when rows arrive, and they are announced politely", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  await ben.add("1", "Groceries", "mine");
  const row = ben.rows("mine").getByRole("button");
  await row.focus();
  await anna.openLive();
  await anna.add("12.50", "Gifts", "hers");
  await expect(ben.rows("hers")).toHaveCount(1);
  await expect(row).toBeFocused();
  await expect(ben.page.locator("[aria-live=polite]")).toHaveText("Anna: Gifts, −12.50");
});

test("after a reconnect a page shows its number, whether from a snapshot or from a frame", async ({ household: { anna, ben } }) => {
  const asked: URL[] = [];
  anna.page.on("websocket", (socket) => asked.push(new URL(socket.url())));
  const last = () => asked.at(-1)?.searchParams;
  const head = () => anna.api<{ seq: number; check: string }>("get", "/snapshot");
  await anna.openLive();
  expect([last()?.get("since"), last()?.get("check")]).toEqual([String((await head()).seq), (await head()).check]);
  await ben.openLive();
  await ben.add("3", "Groceries", "while it looks");
  await expect(anna.rows("while it looks")).toHaveCount(1);
  const before = asked.length;
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect.poll(() => asked.length).toBeGreaterThan(before);
  expect([last()?.get("since"), last()?.get("check")]).toEqual([String((await head()).seq), (await head()).check]);
  await anna.live();
});

test("a browser that loses its network shows it at once, and is live again when the network is back", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  const badge = anna.page.getByRole("button", { name: /Connection/ });
  await anna.context.setOffline(true);
  // Long before a heartbeat could be missing.
  await expect(badge).toContainText("Offline since", { timeout: 3_000 });
  await ben.add("3", "Groceries", "while she is away");
  await anna.context.setOffline(false);
  await anna.live();
  await expect(anna.rows("while she is away")).toHaveCount(1);
});

test("an unknown close code does not ask for a password", async ({ household: { anna } }) => {
  await anna.page.routeWebSocket(/budget\/ws/, async (socket) => {
    await socket.close({ code: 4599, reason: "of a later version" });
  });
  await anna.open("/");
  await expect(anna.page.getByRole("button", { name: /Connection/ })).toContainText("Disconnected");
  await expect(dialog(anna)).toHaveCount(0);
  // Entries are sent nevertheless.
  await anna.add("3", "Groceries", "without a socket");
  await expect.poll(async () => (await anna.api<{ items: { comment: string }[] }>("get", "/facts")).items.map((row) => row.comment)).toEqual(["without a socket"]);
});

test("signing in again leaves no listeners behind", async ({ household: { anna } }) => {
  await anna.page.addInitScript(() => {
    const counted = window as unknown as { listeners: number };
    counted.listeners = 0;
    const events = ["online", "offline", "pageshow", "visibilitychange"];
    for (const target of [window, document]) {
      const [add, remove] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
      target.addEventListener = (name: string, ...rest: [EventListener]) => {
        if (events.includes(name)) counted.listeners += 1;
        add(name, ...rest);
      };
      target.removeEventListener = (name: string, ...rest: [EventListener]) => {
        if (events.includes(name)) counted.listeners -= 1;
        remove(name, ...rest);
      };
    }
  });
  await anna.openLive();
  const listeners = () => anna.page.evaluate(() => (window as unknown as { listeners: number }).listeners);
  const before = await listeners();
  expect(before).toBeGreaterThan(0);
  for (let time = 0; time < 2; time += 1) {
    await anna.api("post", "/auth/logout");
    await signInAgain(anna);
    await expect(dialog(anna)).toBeHidden();
    await anna.live();
  }
  await expect.poll(listeners).toBe(before);
});
