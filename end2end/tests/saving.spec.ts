import { expect, type Person, test } from "../support/fixtures";
import { back, editor, facts, held, heldAfterOne, lose, revise, splitOfTwo, waits, withoutStore, writes } from "../support/writes";

const dialog = (person: Person) => person.page.getByRole("dialog", { name: "Split" });

test("an edit closes at once, and a second one begins with the first and follows it", async ({ household: { anna, ben } }) => {
  const release = await heldAfterOne(anna, ben);
  const row = anna.rows("hangs").getByRole("button");
  await row.click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(editor(anna)).toHaveCount(0);
  await expect(row).toContainText("−6.00");
  await expect(row).toContainText("saving…");
  await expect(row).toBeFocused();
  await row.press("Enter");
  await expect(editor(anna).getByLabel("Amount")).toHaveValue("-6.00");
  await editor(anna).getByLabel("Note").fill("hangs twice");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("hangs twice")).toContainText("−6.00");
  release();
  await expect(ben.rows("hangs twice")).toContainText("−6.00");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await expect(anna.rows("hangs").getByRole("alert")).toHaveCount(0);
  expect((await facts(anna)).map((fact) => fact.version)).toEqual([3]);
});

test("leaving the page while something waits that is not stored is asked about, and afterwards is not", async ({ household: { anna, ben } }) => {
  await withoutStore(anna.page);
  await anna.openLive();
  await ben.openLive();
  const questions: string[] = [];
  anna.page.on("dialog", (dialog) => {
    questions.push(dialog.type());
    void dialog.dismiss();
  });
  await anna.page.route(writes, lose);
  await anna.add("5", "Groceries", "waits here");
  await expect(waits(anna, "waits here")).toBeVisible();
  await anna.page.getByRole("link", { name: "Settings" }).click();
  await expect.poll(() => questions).toEqual(["beforeunload"]);
  await expect(waits(anna, "waits here")).toBeVisible();
  await back(anna);
  await expect(ben.rows("waits here")).toHaveCount(1);
  await expect(waits(anna, "waits here")).toHaveCount(0);
  await anna.page.getByRole("link", { name: "Settings" }).click();
  await expect(anna.page).toHaveURL(`${anna.server.url}/settings`);
  expect(questions).toHaveLength(1);
});

test("an entry that is being saved can be opened and changed", async ({ household: { anna, ben } }) => {
  await anna.page.clock.install();
  await anna.openLive();
  await ben.openLive();
  const release = await held(anna);
  await anna.add("5", "Groceries", "new");
  await revise(anna, "new", { Amount: "-6" });
  await expect(anna.rows("new")).toContainText("−6.00");
  release();
  await expect(ben.rows("new")).toContainText("−6.00");
  await expect(anna.rows("new")).toHaveCount(1);
});

test("a split closes at once too, and the focus goes back to its row", async ({ household: { anna, ben } }) => {
  await anna.page.clock.install();
  await Promise.all([anna.openLive(), ben.openLive()]);
  await splitOfTwo(anna);
  const release = await held(anna);
  const row = anna.rows("Groceries, Clothes").getByRole("button");
  await row.click();
  await dialog(anna).getByLabel("Amount").first().fill("-35");
  await dialog(anna).getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-25");
  await dialog(anna).getByLabel("Date").fill("2026-01-31");
  await dialog(anna).getByRole("button", { name: "Save" }).click();
  await expect(dialog(anna)).toBeHidden();
  await expect(row).toContainText("−35.00");
  await expect(row).toBeFocused();
  await row.press("Enter");
  await expect(dialog(anna).getByLabel("Amount").first()).toHaveValue("-35.00");
  await dialog(anna).getByLabel("Note").first().fill("both of us");
  await dialog(anna).getByRole("button", { name: "Save" }).click();
  release();
  await expect(ben.rows("both of us")).toContainText("−35.00");
  await expect(anna.rows("both of us").getByRole("alert")).toHaveCount(0);
});

test("an edit that is refused comes back to its row with what was typed, and is corrected or discarded there", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "both");
  await expect(anna.rows("both")).not.toContainText("saving…");
  const [{ id }] = await facts(ben);
  for (const [theirs, ends] of [["-7", "Discard"], ["-8", "Look at both"]]) {
    await anna.page.route(writes, lose);
    await revise(anna, "both", { Amount: "-6" });
    await expect(waits(anna, "both")).toBeVisible();
    await ben.api("patch", `/facts/${id}`, { amount: theirs });
    await back(anna);
    const refused = anna.rows("both").getByRole("alert");
    await expect(refused).toContainText("Not saved");
    await expect(anna.rows("both"), "what was typed is still here").toContainText("−6.00");
    await refused.getByRole("button", { name: ends }).click();
    if (ends === "Discard") {
      await expect(anna.rows("both")).toContainText("−7.00");
      await expect(anna.rows("both").getByRole("button")).toBeFocused();
    }
  }
  const conflict = editor(anna).locator(".conflict");
  await expect(conflict).toContainText("−8.00");
  await expect(conflict).toContainText("−6.00");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await facts(ben)).map((fact) => fact.amount)).toEqual(["-6.00"]);
});

test("a change that another member has already made is shown in the form, before anything is sent", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "known");
  await expect(ben.rows("known")).toHaveCount(1);
  await ben.rows("known").getByRole("button").click();
  await editor(ben).getByLabel("Note").fill("known here");
  const [{ id }] = await facts(anna);
  await anna.api("patch", `/facts/${id}`, { amount: "-7" });
  await ben.upToDate();
  await editor(ben).getByRole("button", { name: "Delete" }).click();
  await expect(editor(ben).getByRole("alert")).toContainText("Anna changed this while you were editing: −7.00. Delete again");
  await editor(ben).getByLabel("Amount").fill("-9");
  await editor(ben).getByRole("button", { name: "Save" }).click();
  await expect(editor(ben).locator(".conflict")).toContainText("−7.00");
  await editor(ben).getByRole("button", { name: "Keep Anna's" }).click();
  await expect(ben.rows("known")).toContainText("−7.00");
});
