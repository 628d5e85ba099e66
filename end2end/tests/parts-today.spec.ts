import { expect, type Person, test } from "../support/fixtures";
import { holdBack, loading, lost, missing, PARTS, parts, recorded, split, todayWithoutParts, untilIdle } from "../support/parts";
import { back, editor, lose, waits, writes } from "../support/writes";

// What Today shows after something was done on it.
test.skip(!split, "this build is not split");

const quickAdd = (person: Person) => person.page.getByRole("form", { name: "Add a transaction" });
const pressed = (person: Person, note: string) => person.rows(note).getByRole("button", { name: note }).click();
const expected = (person: Person) => person.page.getByRole("region", { name: "Expected" });

/** A recurring entry that is expected today. */
async function expectedToday(person: Person, note: string): Promise<void> {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const [article] = (await person.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [center] = (await person.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await person.api("post", "/recurring", { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: note, starts_on: today, every: 1, unit: "month", times: 1 });
}

test("a row that is opened before its editor is here stays, says that it is loading, and then has the focus in the amount", async ({ household: { anna } }) => {
  await recorded(anna, "bread");
  const release = await holdBack(anna.page);
  await anna.openLive();
  await quickAdd(anna).getByLabel("Note").fill("half a thought");
  await pressed(anna, "bread");
  await expect(loading(anna.rows("bread"))).toBeVisible();
  await expect(anna.rows("bread")).toContainText("−5.00");
  await expect(anna.rows("bread").getByRole("button", { name: "bread" })).toBeFocused();
  release();
  await expect(editor(anna).getByLabel("Amount")).toBeFocused();
  await anna.page.keyboard.type("-6");
  await anna.page.keyboard.press("Enter");
  await expect(anna.rows("bread")).toContainText("−6.00");
  await expect(quickAdd(anna).getByLabel("Note")).toHaveValue("half a thought");
});

test("an editor that arrives while the person types elsewhere leaves the focus there", async ({ household: { anna } }) => {
  await recorded(anna, "bread");
  const release = await holdBack(anna.page);
  await anna.openLive();
  await pressed(anna, "bread");
  await expect(loading(anna.rows("bread"))).toBeVisible();
  await quickAdd(anna).getByLabel("Note").pressSequentially("half");
  release();
  await expect(editor(anna)).toBeVisible();
  await anna.page.keyboard.type(" a thought");
  await expect(quickAdd(anna).getByLabel("Note")).toHaveValue("half a thought");
  await expect(editor(anna).getByLabel("Amount")).toHaveValue("-5.00");
});

test("an editor that fails to load can be cancelled, and is loaded at the next try", async ({ household: { anna } }) => {
  await recorded(anna, "bread");
  await todayWithoutParts(anna);
  const row = anna.rows("bread");
  await pressed(anna, "bread");
  await expect(missing(row)).toBeVisible();
  await row.getByRole("button", { name: "Cancel" }).click();
  await expect(missing(row)).toHaveCount(0);
  await expect(row.getByRole("button", { name: "bread" })).toBeFocused();
  await pressed(anna, "bread");
  await missing(row).getByRole("button", { name: "Try again" }).click();
  await expect(missing(row)).toBeVisible();
  // The rest of the page works.
  await anna.add("4", "Groceries", "meanwhile");
  await expect(anna.rows("meanwhile")).toHaveCount(1);
  await anna.page.unroute(PARTS, lost);
  await missing(row).getByRole("button", { name: "Try again" }).click();
  await expect(editor(anna).getByLabel("Note")).toHaveValue("bread");
  await expect(missing(row)).toHaveCount(0);
});

test("once the page was idle, a row is edited and deleted, and an entry is listed, without a network", async ({ household: { anna } }) => {
  await recorded(anna, "bread");
  await recorded(anna, "milk");
  await anna.openLive();
  await untilIdle(anna.page);
  await anna.context.setOffline(true);
  await expect(anna.page.getByText(/Offline since/).first()).toBeVisible();
  await pressed(anna, "bread");
  await expect(editor(anna).getByLabel("Amount")).toBeFocused();
  await editor(anna).getByLabel("Note").fill("bread and butter");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(waits(anna, "bread and butter")).toBeVisible();
  await pressed(anna, "milk");
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  await expect(anna.page.getByRole("button", { name: "Undo" })).toBeFocused();
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection").getByRole("listitem")).toContainText(["Groceries −5.00", "Groceries −5.00"]);
  await anna.context.setOffline(false);
  await expect(waits(anna, "bread and butter")).toHaveCount(0);
  await expect(anna.rows("milk")).toHaveCount(0);
});

test("parts that were lost at the start are loaded once the network is back, without being asked for", async ({ household: { anna } }) => {
  await todayWithoutParts(anna);
  await anna.context.setOffline(true);
  await expect(anna.page.getByText(/Offline since/).first()).toBeVisible();
  await anna.page.unroute(PARTS, lost);
  const arrived = Promise.all(parts.map((name) => anna.page.waitForResponse((response) => response.url().endsWith(name) && response.ok())));
  await anna.context.setOffline(false);
  await arrived;
});

test("a refusal without its part still says that nothing was saved, and then why", async ({ household: { anna, ben } }) => {
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  await todayWithoutParts(anna);
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "refused");
  await expect(waits(anna, "refused")).toBeVisible();
  await ben.api("patch", `/articles/${items.find((row) => row.name === "Gifts")?.id}`, { archived: true });
  await back(anna);
  const said = anna.rows("refused").getByRole("alert");
  await expect(said.first()).toContainText("Not saved");
  await expect(missing(anna.rows("refused")).last()).toBeVisible();
  await anna.page.unroute(PARTS, lost);
  await anna.rows("refused").getByRole("button", { name: "Try again" }).click();
  await expect(said).toContainText("archived");
  await said.getByRole("button", { name: "Correct" }).click();
  await editor(anna).getByLabel("Category").selectOption({ label: "Groceries" });
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("refused").getByRole("alert")).toHaveCount(0);
  await expect(anna.rows("refused")).toContainText("Groceries");
});

test("what waits is listed as soon as its part is here", async ({ household: { anna } }) => {
  const release = await holdBack(anna.page);
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "waits");
  const popover = anna.page.locator("#connection");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(loading(popover)).toBeVisible();
  release();
  await expect(popover.getByRole("listitem")).toContainText(["Gifts −4.00"]);
  await expect(popover).toContainText("1 entry is waiting to be sent:");
});

test("what was done before the offers to take it back are here is offered once they are", async ({ household: { anna } }) => {
  await expectedToday(anna, "milk");
  const release = await holdBack(anna.page);
  await anna.openLive();
  await expected(anna).getByRole("button", { name: /^Record/ }).click();
  await expect(anna.rows("milk")).toHaveCount(1);
  await expect(loading(anna.page.locator(".toasts"))).toBeVisible();
  release();
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(anna.rows("milk")).toHaveCount(0);
  await expect(expected(anna)).toContainText("milk");
});

test("a session that ends before the form for signing in is here opens its dialog, which gets the form and the focus", async ({ household: { anna } }) => {
  const release = await holdBack(anna.page);
  await anna.openLive();
  await quickAdd(anna).getByLabel("Note").fill("half a thought");
  await anna.api("post", "/auth/logout");
  const dialog = anna.page.getByRole("dialog", { name: "Signed out" });
  await expect(loading(dialog)).toBeVisible();
  release();
  await expect(dialog.getByLabel("Password")).toBeFocused();
  await anna.page.keyboard.type("correct horse");
  await anna.page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await anna.live();
  await expect(quickAdd(anna).getByLabel("Note")).toHaveValue("half a thought");
});
