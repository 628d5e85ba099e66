import { Book } from "../support/book";
import { expect, type Person, test } from "../support/fixtures";
import { heldFrames } from "../support/frames";
import { anotherPageAndBack, back, deletedMeanwhile, editor, facts, lose, loseAnswer, revise, waits, writes } from "../support/writes";

/** A gift of 4 with the note *for whom*, which waits. */
async function gift(anna: Person): Promise<void> {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "for whom");
  await expect(waits(anna, "for whom")).toBeVisible();
}

test("a change of a row that another member deletes meanwhile is refused, shown in the row and in the popover, and kept until it is discarded", async ({ household: { anna, ben } }) => {
  await deletedMeanwhile(anna, ben, "contested");
  await expect(ben.rows("contested")).toHaveCount(0);
  await expect(anna.rows("contested"), "what was typed is still here").toContainText("−6.00");
  await back(anna);
  const refused = anna.rows("contested").getByRole("alert");
  await expect(refused).toContainText("Not saved");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("Nothing is waiting to be sent.");
  await expect(popover).toContainText("1 entry was not saved:");
  await expect(popover.getByRole("listitem")).toContainText("Groceries −6.00");
  await popover.getByRole("button", { name: "Discard" }).click();
  await expect(popover.getByRole("listitem")).toHaveCount(0);
  await expect(anna.rows("contested")).toHaveCount(0);
});

test("an entry in a category that is archived meanwhile can be corrected, on whichever page that was", async ({ household: { anna, ben } }) => {
  await gift(anna);
  await anotherPageAndBack(anna);
  const { articles } = await Book.of(ben);
  await ben.api("patch", `/articles/${articles.get("Gifts")}`, { archived: true });
  await back(anna);
  await expect(anna.rows("for whom").getByRole("alert")).toContainText("Not saved");
  await anna.rows("for whom").getByRole("button", { name: "Correct" }).click();
  await editor(anna).getByLabel("Category").selectOption({ label: "Groceries" });
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("for whom")).toContainText("Groceries");
  await expect(anna.rows("for whom").getByRole("alert")).toHaveCount(0);
  await expect.poll(async () => (await facts(ben)).map((fact) => fact.comment)).toEqual(["for whom"]);
});

test("an entry in a category that is merged away meanwhile follows it, on the screen and in the book", async ({ household: { anna, ben } }) => {
  await gift(anna);
  const { articles } = await Book.of(ben);
  await ben.api("post", `/articles/${articles.get("Gifts")}/merge`, { into: articles.get("Leisure") });
  await ben.api("post", `/articles/${articles.get("Leisure")}/merge`, { into: articles.get("Groceries") });
  await anna.upToDate();
  await expect(anna.rows("for whom")).toContainText("Groceries");
  await expect(waits(anna, "for whom")).toBeVisible();
  await back(anna);
  await expect(waits(anna, "for whom")).toHaveCount(0);
  await expect(anna.rows("for whom").getByRole("alert")).toHaveCount(0);
  await expect(anna.rows("for whom")).toContainText("Groceries");
  const { items: written } = await ben.api<{ items: { article_id: string }[] }>("get", "/facts");
  expect(written.map((fact) => fact.article_id)).toEqual([articles.get("Groceries")]);
});

test("a conflict whose answer comes after its form is closed is shown when the row is corrected", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "both");
  await expect(anna.rows("both")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await revise(anna, "both", { Amount: "-6" });
  await expect(waits(anna, "both")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  await expect(anna.rows("both").getByRole("alert")).toContainText("Not saved");
  await anna.rows("both").getByRole("button", { name: "Look at both" }).click();
  const conflict = editor(anna).locator(".conflict");
  await expect(conflict).toContainText("7.00");
  await expect(conflict).toContainText("6.00");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(editor(anna)).toBeHidden();
  await expect.poll(async () => (await anna.api<{ amount: string }>("get", `/facts/${id}`)).amount).toBe("-6.00");
});

test("an entry that waits for a connection can be corrected", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.page.route(writes, lose);
  await anna.add("9", "Groceries", "offline");
  await expect(waits(anna, "offline")).toBeVisible();
  await revise(anna, "offline", { Amount: "-9.90" });
  await expect(anna.rows("offline")).toContainText("−9.90");
  await expect(waits(anna, "offline")).toBeVisible();
  await back(anna);
  await expect(ben.rows("offline")).toContainText("−9.90");
  await expect(anna.rows("offline")).toHaveCount(1);
  await expect(waits(anna, "offline")).toHaveCount(0);
});

test("a correction of an entry whose answer was lost is not lost itself", async ({ household: { anna, ben } }) => {
  // The page receives nothing about its own entry: neither the answer nor the frame.
  const frames = await heldFrames(anna.page);
  await anna.openLive();
  frames.hold();
  await anna.page.route(writes, lose);
  await anna.page.route(writes, loseAnswer, { times: 1 });
  await anna.add("9", "Groceries", "written");
  await expect(anna.rows("written")).toContainText("waiting…");
  await revise(anna, "written", { Amount: "-9.90" });
  await anna.page.unroute(writes);
  await expect(waits(anna, "written")).toHaveCount(0);
  await expect(anna.rows("written")).toContainText("−9.90");
  frames.release();
  await ben.openLive();
  for (const person of [anna, ben]) {
    await expect(person.rows("written")).toHaveCount(1);
    await expect(person.rows("written")).toContainText("−9.90");
  }
});

test("a change whose answer was lost is resent without conflicting with itself", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("9", "Groceries", "lost");
  await expect(anna.rows("lost")).toContainText("−9.00");
  await anna.page.route(writes, loseAnswer, { times: 1 });
  await revise(anna, "lost", { Amount: "-10" });
  await expect(editor(anna)).toBeHidden();
  await expect(anna.rows("lost")).toContainText("−10.00");
  await expect(waits(anna, "lost")).toHaveCount(0);
  const { items } = await anna.api<{ items: { version: number }[] }>("get", "/facts");
  expect(items.map((fact) => fact.version), "changed once").toEqual([2]);

  await anna.page.getByRole("link", { name: "Household" }).click();
  await anna.page.route(writes, loseAnswer, { times: 1 });
  await anna.page.getByRole("button", { name: "Add a category" }).click();
  const form = anna.page.getByRole("form", { name: "Add a category" });
  await form.getByLabel("Name").fill("Only once");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(anna.page.getByRole("button", { name: "Only once" })).toHaveCount(1);
});

test("a pending or refused row keeps the name and the icon of a category that another member deletes meanwhile", async ({ household: { anna, ben } }) => {
  await gift(anna);
  const picture = anna.rows("for whom").locator(".icon");
  const before = await picture.innerHTML();
  const { articles } = await Book.of(ben);
  await ben.api("delete", `/articles/${articles.get("Gifts")}`);
  await anna.upToDate();
  await expect(anna.rows("for whom")).toContainText("Gifts");
  expect(await picture.innerHTML()).toBe(before);
  await back(anna);
  await expect(anna.rows("for whom").getByRole("alert")).toContainText("Not saved");
  await expect(anna.rows("for whom")).toContainText("Gifts");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection").getByRole("listitem")).toContainText("Gifts −4.00");
});
