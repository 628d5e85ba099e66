import { expect, type Person, test } from "../support/fixtures";
import { heldFrames } from "../support/frames";
import { back, editor, facts, heldAfterOne, lose, loseAnswer, splitOfTwo, waits, writes } from "../support/writes";

const dialog = (person: Person) => person.page.getByRole("dialog", { name: "Split" });

const undo = (person: Person) => person.page.getByRole("button", { name: "Undo" });

/** Deletes a row, which has no answer yet. */
async function deletes(person: Person, text: string): Promise<void> {
  await person.page.route(writes, lose);
  await person.rows(text).getByRole("button").click();
  await editor(person).getByRole("button", { name: "Delete" }).click();
  await expect(person.rows(text)).toHaveCount(0);
  await expect(undo(person)).toBeVisible();
}

test("a deletion that is refused late shows the row as another member changed it, names them, and asks again", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "contested");
  await expect(ben.rows("contested")).toHaveCount(1);
  await deletes(anna, "contested");
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  const refused = anna.rows("contested").getByRole("alert");
  await expect(refused).toContainText("Not deleted. Ben changed it meanwhile. This is how it is now.");
  await expect(anna.rows("contested")).toContainText("−7.00");
  await expect(undo(anna), "there is nothing to take back").toHaveCount(0);
  await expect(refused.getByRole("button", { name: /Correct|Look at both/ })).toHaveCount(0);
  await expect(anna.page.locator(".day-total").first()).toContainText("−7.00");
  await refused.getByRole("button", { name: "Leave it" }).click();
  await expect(refused).toHaveCount(0);
  await expect(anna.rows("contested")).toContainText("−7.00");
  await expect(anna.rows("contested").getByRole("button")).toBeFocused();

  await deletes(anna, "contested");
  await ben.api("patch", `/facts/${id}`, { amount: "-8" });
  await back(anna);
  await expect(anna.rows("contested")).toContainText("−8.00");
  // The form starts with the current version of the row.
  await anna.rows("contested").getByRole("button").first().click();
  await expect(editor(anna).getByLabel("Amount")).toHaveValue("-8.00");
  await expect(editor(anna).locator(".conflict")).toHaveCount(0);
  await editor(anna).getByRole("button", { name: "Cancel" }).click();
  await refused.getByRole("button", { name: "Delete anyway" }).click();
  await expect(ben.rows("contested")).toHaveCount(0);
  await expect(anna.rows("contested")).toHaveCount(0);
  await undo(anna).click();
  await expect(ben.rows("contested")).toContainText("−8.00");
});

test("a split whose deletion is refused late shows every change of the other member", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await splitOfTwo(anna);
  await anna.page.route(writes, lose);
  await anna.rows("Groceries, Clothes").getByRole("button").click();
  await dialog(anna).getByRole("button", { name: "Delete" }).click();
  await expect(anna.rows("Groceries, Clothes")).toHaveCount(0);
  await ben.rows("Groceries, Clothes").getByRole("button").click();
  await dialog(ben).getByLabel("Amount").first().fill("-35");
  await dialog(ben).getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-25");
  await dialog(ben).getByRole("button", { name: "Save" }).click();
  await expect(ben.rows("Groceries, Clothes")).toContainText("−35.00");
  await expect(ben.rows("saving…")).toHaveCount(0);
  await back(anna);
  await expect(anna.rows("Groceries, Clothes").getByRole("alert")).toContainText("Not deleted. Ben changed it");
  await expect(anna.rows("Groceries, Clothes")).toContainText("−35.00");
  await expect(undo(anna)).toHaveCount(0);
  await anna.rows("Groceries, Clothes").getByRole("button", { name: "Delete anyway" }).click();
  await expect(ben.rows("Groceries, Clothes")).toHaveCount(0);
});

test("a deletion that was taken back before it is refused leaves nothing to decide", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "wanted");
  await expect(ben.rows("wanted")).toHaveCount(1);
  await deletes(anna, "wanted");
  await undo(anna).click();
  await expect(waits(anna, "wanted")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  await expect(anna.rows("wanted")).toContainText("−7.00");
  await expect(waits(anna, "wanted")).toHaveCount(0);
  await expect(anna.rows("wanted").getByRole("alert")).toHaveCount(0);
});

test("a row that two people delete is deleted, and neither sees a refusal", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "unwanted");
  await expect(ben.rows("unwanted")).toHaveCount(1);
  await deletes(anna, "unwanted");
  const [{ id }] = await facts(ben);
  await ben.api("delete", `/facts/${id}`);
  await expect(ben.rows("unwanted")).toHaveCount(0);
  await back(anna);
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection")).toContainText("Nothing is waiting to be sent.");
  await expect(anna.page.locator("#connection").getByRole("listitem")).toHaveCount(0);
  await expect(anna.rows("unwanted")).toHaveCount(0);
});

test("a recurring entry that somebody changed before it is stopped asks again", async ({ household: { anna, ben } }) => {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [article] = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const entry = { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: "milk", starts_on: today, every: 1, unit: "month" };
  const { id } = await anna.api<{ id: string }>("post", "/recurring", entry);
  await anna.open("/household");
  await anna.live();
  await anna.page.route(writes, lose);
  const list = anna.page.getByRole("region", { name: "Recurring" });
  await list.getByRole("button", { name: /milk/ }).click();
  await list.getByRole("button", { name: "Stop" }).click();
  await expect(list.getByRole("button", { name: /milk/ })).toHaveCount(0);
  await ben.api("patch", `/recurring/${id}`, { comment: "oat milk" });
  await back(anna);
  await expect(list.getByRole("alert"), "in the words of its button").toContainText("Not stopped");
  await expect(list.getByRole("button", { name: /oat milk/ })).toBeVisible();
  await list.getByRole("button", { name: "Stop anyway" }).click();
  await expect(list.getByRole("button", { name: /oat milk/ })).toHaveCount(0);
  await expect.poll(async () => (await ben.api<{ items: unknown[] }>("get", "/recurring")).items).toEqual([]);
});

test("a deletion closes its form at once, and the next key can take it back", async ({ household: { anna, ben } }) => {
  const release = await heldAfterOne(anna, ben);
  await anna.rows("hangs").getByRole("button").click();
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  await expect(editor(anna)).toHaveCount(0);
  await expect(anna.rows("hangs")).toHaveCount(0);
  await expect(undo(anna)).toBeFocused();
  release();
  await expect(ben.rows("hangs")).toHaveCount(0);
});

test("deleting a row whose lost answer has arrived meanwhile deletes it on the server", async ({ household: { anna } }) => {
  const frames = await heldFrames(anna.page);
  await anna.openLive();
  frames.hold();
  await anna.page.route(writes, lose);
  await anna.page.route(writes, loseAnswer, { times: 1 });
  await anna.add("9", "Groceries", "arrives late");
  await expect(anna.rows("arrives late")).toContainText(/waiting…|Not saved/);
  await anna.rows("arrives late").getByRole("button").first().click();
  await expect(editor(anna)).toBeVisible();
  frames.release();
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
  // Each deletion has its own undo: the first one stays.
  await expect(anna.page.getByRole("button", { name: "Undo" })).toHaveCount(2);
  await anna.page.getByRole("button", { name: "Undo" }).last().click();
  await expect(anna.rows("stays")).toContainText("waiting…");
  await back(anna);
  await expect(ben.rows("goes")).toHaveCount(0);
  await expect(waits(anna, "stays")).toHaveCount(0);
  await expect(ben.rows("stays")).toHaveCount(1);
  expect((await facts(anna)).map((fact) => fact.comment)).toEqual(["stays"]);
});

test("a deletion whose page is gone before its answer comes can be taken back all the same", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("9", "Groceries", "too fast");
  await expect(ben.rows("too fast")).toBeVisible();
  let pass = () => {};
  const passed = new Promise<void>((resolve) => (pass = resolve));
  await anna.page.route(writes, (route) => passed.then(() => route.continue()), { times: 1 });
  await anna.rows("too fast").getByRole("button").click();
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  pass();
  await expect(ben.rows("too fast")).toHaveCount(0);
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(ben.rows("too fast")).toContainText("−9.00");
});
