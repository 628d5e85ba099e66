import { Book } from "../support/book";
import { expect, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { anotherPageAndBack, back, deletedMeanwhile, editor, facts, lose, revise, splitOfTwo, waits, writes } from "../support/writes";

test("a change that waits is drawn over what another member has made of the other fields", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("40", "Groceries", "bread");
  await anna.upToDate();
  await anna.page.route(writes, lose);
  await revise(anna, "bread", { Note: "bread and milk" });
  await expect(waits(anna, "bread and milk")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-42" });
  await expect(anna.page.locator(".day-total").first()).toContainText("−42.00");
  await expect(anna.rows("bread and milk").locator(".row-amount")).toHaveText("−42.00");
  await back(anna);
  await expect(waits(anna, "bread and milk")).toHaveCount(0);
  await expect(anna.rows("bread and milk").locator(".row-amount")).toHaveText("−42.00");
  await expect(anna.rows("bread and milk").getByRole("alert"), "nothing contradicts it").toHaveCount(0);
  const row = async () => (await facts(ben)).map(({ amount, comment }) => [amount, comment]);
  await expect.poll(row).toEqual([["-42.00", "bread and milk"]]);
});

test("a refused change leaves the row as it counts, says what was typed, and its form is over what others have made of it by now", async ({ household: { anna, ben } }, info) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "bread");
  await anna.upToDate();
  await anna.page.route(writes, lose);
  await revise(anna, "bread", { Amount: "-6" });
  await expect(waits(anna, "bread")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  const refused = anna.rows("bread").getByRole("alert");
  await expect(refused).toContainText("Not saved: −6.00. Ben changed this");
  const total = anna.page.locator(".day-total").first();
  const amounts = async () => [await anna.rows("bread").locator(".row-amount").innerText(), await total.innerText()];
  await expect.poll(amounts).toEqual(["−7.00", "−7.00"]);
  await ben.api("patch", `/facts/${id}`, { amount: "-8", comment: "bread and milk" });
  await expect(anna.rows("bread and milk")).toHaveCount(1);
  await expect.poll(amounts).toEqual(["−8.00", "−8.00"]);
  await pictures(anna.page, info, "refused");
  await refused.getByRole("button", { name: "Look at both" }).click();
  const form = editor(anna);
  await expect(form.getByLabel("Amount")).toHaveValue("-6.00");
  await expect(form.getByLabel("Note"), "Ben's, by now").toHaveValue("bread and milk");
  await expect(form.locator(".conflict").getByRole("cell")).toHaveText(["", "−8.00", "−6.00"]);
  await pictures(anna.page, info, "both");
  await form.getByRole("button", { name: "Keep mine" }).click();
  const row = async () => (await facts(ben)).map(({ amount, comment }) => [amount, comment]);
  await expect.poll(row).toEqual([["-6.00", "bread and milk"]]);
});

test("a refused change of a split leaves its row as it counts, and its dialog has what was typed", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const id = await splitOfTwo(anna);
  const dialog = anna.page.getByRole("dialog", { name: "Split" });
  const row = anna.rows("Groceries, Clothes");
  await anna.page.route(writes, lose);
  await row.getByRole("button").click();
  await dialog.getByLabel("Amount").first().fill("-36");
  await dialog.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-26");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(waits(anna, "Groceries, Clothes")).toBeVisible();
  const now = await ben.api<{ facts: { id: string; article_id: string; financial_center_id: string; amount: string }[] }>("get", `/splits/${id}`);
  const parts = now.facts.map(({ id, article_id, amount }) => ({ id, article_id, amount: amount === "-20.00" ? "-30" : amount }));
  const { financial_center_id } = now.facts[0];
  await ben.api("put", `/splits/${id}`, { financial_center_id, parts });
  await back(anna);
  await expect(row.getByRole("alert")).toContainText("Not saved: −36.00.");
  await expect(row.locator(".row-amount")).toHaveText("−40.00");
  await expect(anna.page.locator(".day-total").first()).toHaveText("−40.00");
  await row.getByRole("button", { name: "Look at both" }).click();
  await expect(dialog.getByLabel("Amount").first()).toHaveValue("-36.00");
  await dialog.locator(".conflict").getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await facts(ben)).map(({ amount }) => amount).sort()).toEqual(["-10.00", "-26.00"]);
});

test("a day that somebody else has recorded refuses to be skipped where it was expected, in words that fit", async ({ household: { anna, ben } }) => {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [article] = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await anna.api("post", "/recurring", { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: "milk", starts_on: today, every: 1, unit: "month", times: 1 });
  await anna.openLive();
  await ben.openLive();
  const expected = anna.page.getByRole("region", { name: "Expected" });
  const row = expected.getByRole("listitem").filter({ hasText: "milk" });
  await anna.page.route(writes, lose);
  await row.getByRole("button", { name: "Skip" }).focus();
  await anna.page.keyboard.press("Enter");
  await expect(row, "it is foreseen").toHaveCount(0);
  await ben.page.getByRole("region", { name: "Expected" }).getByRole("button", { name: "Record" }).click();
  await expect(anna.rows("milk")).toHaveCount(1);
  await back(anna);
  const refused = expected.getByRole("alert").filter({ hasText: "Somebody has recorded or skipped it already" });
  await expect(refused).toBeVisible();
  await expect(refused).not.toContainText("fields");
  await expect(refused.getByRole("button"), "it cannot be done again").toHaveText(["Discard"]);
  await refused.getByRole("button", { name: "Discard" }).click();
  await expect(expected).toBeHidden();
});

test("a change of a row that another member has deleted restores it with one press", async ({ household: { anna, ben } }) => {
  const id = await deletedMeanwhile(anna, ben, "contested");
  await back(anna);
  const refused = anna.rows("contested").getByRole("alert");
  await expect(refused).toContainText("It was deleted meanwhile. What you changed is kept here.");
  await expect(refused.getByRole("button")).toHaveText(["Correct", "Restore with my change", "Discard"]);
  await refused.getByRole("button", { name: "Restore with my change" }).click();
  await expect(ben.rows("contested")).toContainText("−6.00");
  await expect(anna.rows("contested").getByRole("alert")).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.id), "the same row").toEqual([id]);
});

test("a category that another member has deleted is restored with the change from its list", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await page.getByRole("link", { name: "Household" }).click();
  await page.route(writes, lose);
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  const form = page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Name").fill("Presents");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  const id = (await Book.of(ben)).articles.get("Gifts");
  await ben.api("delete", `/articles/${id}`);
  await back(anna);
  await page.getByRole("region", { name: "Categories" }).getByRole("alert").getByRole("button", { name: "Restore with my change" }).click();
  await expect(page.getByRole("button", { name: "Presents", exact: true })).toBeVisible();
  await expect.poll(async () => (await ben.api<{ name: string }>("get", `/articles/${id}`)).name).toBe("Presents");
});

test("a new row that was refused says that no figure includes it", async ({ household: { anna } }, info) => {
  await anna.openLive();
  await anna.page.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }));
  await anna.add("5", "Gifts", "refused");
  const row = anna.rows("refused");
  await expect(row.getByRole("alert")).toContainText("Not saved");
  await expect(row).toContainText("not counted");
  await expect(row.locator(".row-amount")).toHaveCSS("text-decoration-line", "line-through");
  await pictures(anna.page, info, "uncounted");
});

test("a row of another member is tinted once, not again whenever the page is shown", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await ben.add("5", "Gifts", "once");
  const row = anna.rows("once");
  await expect(row).toHaveClass(/fresh/);
  await expect(row).not.toHaveClass(/fresh/, { timeout: 8_000 });
  await anotherPageAndBack(anna);
  await expect(row).toHaveCount(1);
  await expect(row).not.toHaveClass(/fresh/);
});
