import type { Page, Route } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

/** The calls by which a page changes the book: of this version, and of the one before it. */
const writes = /\/api\/ui\/(write|(record|revise|delete)_fact|set_plans|settle_occurrence|(add|revise)_(article|financial_center))$/;

const lose = (route: Route) => route.abort();

const editor = (person: Person) => person.page.getByRole("form", { name: "Edit the transaction" });

const waits = (person: Person, text: string) => person.rows(text).getByText("Waiting…");

/** The network is back: what waits goes at once, however long its pause is by now. */
async function back({ page }: Person): Promise<void> {
  await page.unroute(writes);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
}

const facts = async (person: Person) => (await person.api<{ items: { id: string; version: number; comment: string }[] }>("get", "/facts")).items;

async function anotherPageAndBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Household" }).click();
  await expect(page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
}

test("a lost entry is sent again by itself, also after a change of page, and presence goes on", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anotherPageAndBack(anna.page);
  await anna.page.route(writes, lose, { times: 1 });
  await anna.add("7", "Groceries", "lost once");
  await expect(ben.rows("lost once")).toContainText("−7.00");
  await expect(waits(anna, "lost once")).toHaveCount(0);
  await expect(anna.rows("lost once").getByRole("alert")).toHaveCount(0);
  await anna.rows("lost once").getByRole("button").click();
  await expect(ben.rows("lost once")).toContainText("Anna is editing", { timeout: 5_000 });
});

test("a call that hangs is given up after ten seconds and sent again, although the page is live", async ({ household: { anna, ben } }) => {
  await anna.page.clock.install();
  await anna.openLive();
  await ben.openLive();
  await anna.page.route(writes, () => {}, { times: 1 });
  await anna.add("8", "Groceries", "hangs");
  await expect(anna.rows("hangs")).toContainText("saving…");
  await anna.page.clock.fastForward(11_000);
  await expect(waits(anna, "hangs")).toBeVisible();
  await anna.page.clock.fastForward(2_000);
  await expect(ben.rows("hangs")).toContainText("−8.00");
  await expect(waits(anna, "hangs")).toHaveCount(0);
  expect((await facts(anna)).length, "once").toBe(1);
});

test("deleting a row whose lost answer has arrived meanwhile deletes it on the server", async ({ household: { anna } }) => {
  const held: (string | Buffer)[] = [];
  let hold = false;
  let pass = (_: string | Buffer) => {};
  await anna.page.routeWebSocket(/budget\/ws/, (page) => {
    const server = page.connectToServer();
    pass = (message) => page.send(message);
    server.onMessage((message) => (hold ? held.push(message) : pass(message)));
  });
  await anna.openLive();
  hold = true;
  await anna.page.route(writes, lose);
  await anna.page.route(
    writes,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await anna.add("9", "Groceries", "arrives late");
  await expect(anna.rows("arrives late")).toContainText(/Waiting…|Not saved/);
  await anna.rows("arrives late").getByRole("button").first().click();
  await expect(editor(anna)).toBeVisible();
  hold = false;
  held.forEach(pass);
  await anna.page.unroute(writes);
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  await expect(anna.rows("arrives late")).toHaveCount(0);
  await expect.poll(() => facts(anna)).toEqual([]);
});

test("a deletion without an answer is done once there is one, and can be taken back before", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  for (const note of ["stays", "goes"]) {
    await anna.add("1", "Groceries", note);
    await expect(ben.rows(note)).toHaveCount(1);
  }
  await anna.page.route(writes, lose);
  for (const note of ["goes", "stays"]) {
    await anna.rows(note).getByRole("button").click();
    await editor(anna).getByRole("button", { name: "Delete" }).click();
    await expect(anna.rows(note)).toHaveCount(0);
  }
  // Each deletion has its own: the first of them stays.
  await expect(anna.page.getByRole("button", { name: "Undo" })).toHaveCount(2);
  await anna.page.getByRole("button", { name: "Undo" }).last().click();
  await expect(anna.rows("stays")).toContainText("Waiting…");
  await back(anna);
  await expect(ben.rows("goes")).toHaveCount(0);
  await expect(waits(anna, "stays")).toHaveCount(0);
  await expect(ben.rows("stays")).toHaveCount(1);
  expect((await facts(anna)).map((fact) => fact.comment)).toEqual(["stays"]);
});

test("a change of a row that somebody deletes meanwhile is refused, said in both places, and kept until it is discarded", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "contested");
  await expect(ben.rows("contested")).toHaveCount(1);
  await anna.page.route(writes, lose);
  await anna.rows("contested").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("contested")).toContainText("−6.00");
  await expect(waits(anna, "contested")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("delete", `/facts/${id}`);
  await expect(ben.rows("contested")).toHaveCount(0);
  await expect(anna.rows("contested"), "what was typed is still here").toContainText("−6.00");
  await back(anna);
  const refused = anna.rows("contested").getByRole("alert");
  await expect(refused).toContainText("Not saved");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("Nothing is waiting to be sent.");
  await expect(popover).toContainText("1 entry was not accepted:");
  await expect(popover.getByRole("listitem")).toContainText("Groceries −6.00");
  await popover.getByRole("button", { name: "Discard" }).click();
  await expect(popover.getByRole("listitem")).toHaveCount(0);
  await expect(anna.rows("contested")).toHaveCount(0);
});

test("an entry in a category that is merged away meanwhile can be corrected, on whichever page that was", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "for whom");
  await expect(waits(anna, "for whom")).toBeVisible();
  await anotherPageAndBack(anna.page);
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const article = (name: string) => items.find((row) => row.name === name)?.id;
  await ben.api("post", `/articles/${article("Gifts")}/merge`, { into: article("Groceries") });
  await back(anna);
  await expect(anna.rows("for whom").getByRole("alert")).toContainText("Not saved");
  await anna.rows("for whom").getByRole("button", { name: "Correct" }).click();
  await editor(anna).getByLabel("Category").selectOption({ label: "Groceries" });
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("for whom")).toContainText("Groceries");
  await expect(anna.rows("for whom").getByRole("alert")).toHaveCount(0);
  await expect.poll(async () => (await facts(ben)).map((fact) => fact.comment)).toEqual(["for whom"]);
});

test("what waits stays when the book is read anew", async ({ household: { anna, ben } }) => {
  let lost = () => {};
  await anna.page.routeWebSocket(/budget\/ws/, (page) => {
    page.connectToServer();
    // What the server says to a page whose position another history has replaced.
    lost = () => page.close({ code: 4010 });
  });
  await anna.openLive();
  await anna.add("3", "Groceries", "there before");
  await expect(anna.rows("there before")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await anna.rows("there before").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-3.50");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await anna.add("4", "Gifts", "new");
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toBeVisible();
  const read = anna.page.waitForResponse("**/api/ui/open_book*");
  lost();
  await read;
  await anna.live();
  await expect(anna.rows("there before")).toContainText("−3.50");
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toBeVisible();
  await back(anna);
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toHaveCount(0);
  await ben.openLive();
  await expect(ben.rows("there before")).toContainText("−3.50");
  await expect(ben.rows("new")).toHaveCount(1);
  expect((await facts(ben)).map((fact) => fact.version).sort()).toEqual([1, 2]);
});

test("a conflict that is answered after its form is gone is shown when the row is corrected", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "both");
  await expect(anna.rows("both")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await anna.rows("both").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(waits(anna, "both")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  await expect(anna.rows("both").getByRole("alert")).toContainText("Not saved");
  await anna.rows("both").getByRole("button", { name: "Correct" }).click();
  const conflict = editor(anna).locator(".conflict");
  await expect(conflict).toContainText("7.00");
  await expect(conflict).toContainText("6.00");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(editor(anna)).toBeHidden();
  await expect.poll(async () => (await anna.api<{ amount: string }>("get", `/facts/${id}`)).amount).toBe("-6.00");
});

const plans = async (person: Person) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const { items } = await person.api<{ items: { amount: string }[] }>("get", `/plans?month=${today.slice(0, 7)}`);
  return items.map((plan) => plan.amount);
};

/** The plan of a category in the household's month. */
const planned = (person: Person, name: string) => person.page.getByLabel(new RegExp(`^${name}, .*: plan$`)).first();

async function openPlan(person: Person): Promise<void> {
  await person.page.getByRole("link", { name: "Plan" }).click();
  await expect(planned(person, "Groceries")).toBeVisible();
}

test("the amount typed last in the plan is sent although its page is gone, and nothing panics", async ({ household: { anna } }) => {
  await anna.openLive();
  await openPlan(anna);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await anna.page.route(
    writes,
    async (route) => {
      await released;
      await route.continue();
    },
    { times: 1 },
  );
  for (const amount of ["10", "20", "30"]) {
    await planned(anna, "Groceries").fill(amount);
    await planned(anna, "Groceries").press("Enter");
  }
  await planned(anna, "Groceries").focus();
  await planned(anna, "Groceries").fill("40");
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  release();
  await expect.poll(() => plans(anna)).toEqual(["40.00"]);
});

test("a plan without an answer waits where it was entered, and goes when the network is back", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await openPlan(anna);
  await anna.page.route(writes, lose);
  await planned(anna, "Groceries").fill("70");
  await planned(anna, "Groceries").press("Enter");
  await expect(anna.page.locator(".plan-cell").getByText("Waiting…")).toBeVisible();
  await anotherPageAndBack(anna.page);
  await openPlan(anna);
  await expect(planned(anna, "Groceries")).toHaveValue("70.00");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection").getByRole("listitem")).toContainText(/Groceries, .*: plan 70\.00/);
  await back(anna);
  await expect.poll(() => plans(ben)).toEqual(["70.00"]);
  await expect(anna.page.getByText("Waiting…")).toHaveCount(0);
  await expect(planned(anna, "Groceries")).toHaveValue("70.00");
});

test("a plan that was refused on another page is sent by one press, over what somebody else has set", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await openPlan(anna);
  await anna.page.route(writes, lose);
  await planned(anna, "Groceries").fill("70");
  await planned(anna, "Groceries").press("Enter");
  await anna.page.getByRole("link", { name: "Household" }).click();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const { today } = await ben.api<{ today: string }>("get", "/snapshot");
  const path = `/api/v1/plans/${items.find((row) => row.name === "Groceries")?.id}/${today.slice(0, 7)}`;
  expect((await ben.request.put(ben.server.url + path, { data: { amount: "50" } })).ok()).toBeTruthy();
  await back(anna);
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("1 entry was not accepted:");
  await popover.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => plans(ben)).toEqual(["70.00"]);
  await expect(popover.getByRole("listitem")).toHaveCount(0);
});

test("a category and an account made without a network wait in their lists and are made once", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.getByRole("link", { name: "Household" }).click();
  await anna.page.route(writes, async (route) => {
    await route.fetch();
    await route.abort();
  });
  for (const [what, region, name] of [["a category", "Categories", "Garden"], ["an account", "Accounts", "Jar"]]) {
    await anna.page.getByRole("button", { name: `Add ${what}` }).click();
    const form = anna.page.getByRole("form", { name: `Add ${what}` });
    await form.getByLabel("Name").fill(name);
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    await expect(anna.page.getByRole("region", { name: region }).getByText(name)).toHaveCount(1);
  }
  await anotherPageAndBack(anna.page);
  await back(anna);
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByText("Waiting…")).toHaveCount(0);
  for (const name of ["Garden", "Jar"]) await expect(anna.page.getByRole("button", { name: new RegExp(`^${name}`) })).toHaveCount(1);
  for (const path of ["/articles", "/financial-centers"]) {
    const { items } = await ben.api<{ items: { name: string }[] }>("get", path);
    expect(items.filter((row) => ["Garden", "Jar"].includes(row.name)).length, path).toBe(1);
  }
});

test("a category that is refused after its form is gone says so in its list, and is corrected there", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.getByRole("link", { name: "Household" }).click();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const gifts = items.find((row) => row.name === "Gifts");
  await anna.page.route(writes, lose);
  await anna.page.getByRole("button", { name: "Gifts", exact: true }).click();
  const form = anna.page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Name").fill("Presents");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(anna.page.getByText("Waiting…")).toBeVisible();
  await ben.api("patch", `/articles/${gifts?.id}`, { name: "Donations" });
  await back(anna);
  const categories = anna.page.getByRole("region", { name: "Categories" });
  await expect(categories.getByRole("alert")).toContainText("Not saved");
  await anna.page.getByRole("button", { name: "Donations", exact: true }).click();
  await expect(form.getByLabel("Name"), "what was typed is still here").toHaveValue("Presents");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(anna.page.getByRole("button", { name: "Presents", exact: true })).toBeVisible();
  await expect(categories.getByRole("alert")).toHaveCount(0);
});

test("an expected transaction recorded without a network waits, is not asked for twice, and is recorded once", async ({ household: { anna, ben } }) => {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [article] = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await anna.api("post", "/recurring", { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: "milk", starts_on: today, every: 1, unit: "month", times: 1 });
  await anna.openLive();
  await anna.page.route(writes, async (route) => {
    await route.fetch();
    await route.abort();
  });
  const row = anna.page.getByRole("region", { name: "Expected" }).getByRole("listitem").filter({ hasText: "milk" });
  await row.getByRole("button", { name: "Record" }).click();
  await expect(anna.rows("milk")).toHaveCount(1);
  await back(anna);
  await expect(row).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.comment)).toEqual(["milk"]);
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toHaveCount(1);
  await expect.poll(() => facts(ben)).toEqual([]);
});

test("an entry that waits outlives the removal of whoever made its row", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await ben.add("5", "Groceries", "of Ben");
  await expect(anna.rows("of Ben")).toHaveCount(1);
  await anna.page.route(writes, lose);
  await anna.rows("of Ben").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(waits(anna, "of Ben")).toBeVisible();
  const { items } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/members");
  await anna.api("delete", `/members/${items.find((row) => row.name === "Ben")?.id}`);
  await back(anna);
  await expect(waits(anna, "of Ben")).toHaveCount(0);
  await expect(anna.rows("of Ben").getByRole("alert")).toHaveCount(0);
  const [{ id }] = await facts(anna);
  expect((await anna.api<{ amount: string }>("get", `/facts/${id}`)).amount).toBe("-6.00");
});
