import { Book } from "../support/book";
import { expect, test } from "../support/fixtures";
import { back, deletedMeanwhile, facts, lose, revise, waits, writes } from "../support/writes";

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
