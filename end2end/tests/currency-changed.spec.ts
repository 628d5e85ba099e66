import { Book } from "../support/book";
import { expect, test } from "../support/fixtures";
import { back, editor, lose, waits, writes } from "../support/writes";

test("an entry that waited while its account got another currency is refused, and saved once its amount was looked at", async ({ household: { anna, ben } }) => {
  await anna.api("post", "/financial-centers", { name: "Jar", currency: "EUR" });
  await anna.openLive();
  const { page } = anna;
  await page.route(writes, lose);
  await page.getByRole("form", { name: "Add a transaction" }).getByLabel("Account").selectOption({ label: "Jar" });
  await anna.add("12.50", "Groceries", "typed in euros");
  await expect(waits(anna, "typed in euros")).toBeVisible();
  const jar = (await Book.of(ben)).accounts.get("Jar");
  await ben.api("patch", `/financial-centers/${jar}`, { currency: "USD" });
  const row = anna.rows("typed in euros");
  await expect(row, "it is not counted, and says why").toContainText("The currency has changed meanwhile");
  await back(anna);
  const refused = row.getByRole("alert");
  await expect(refused).toContainText("The currency has changed meanwhile, so this amount would mean something else; nothing was saved. Check the amount and save it again.");
  await expect(refused.getByRole("button"), "the same amount would be refused again").toHaveText(["Correct", "Discard"]);
  expect((await ben.api<{ items: unknown[] }>("get", "/facts")).items).toHaveLength(0);
  await refused.getByRole("button", { name: "Correct" }).click();
  await editor(anna).getByLabel("Amount").fill("-14.10");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(row.getByRole("alert")).toHaveCount(0);
  await expect.poll(async () => (await ben.api<{ items: { amount: string; financial_center_id: string }[] }>("get", "/facts")).items).toMatchObject([
    { amount: "-14.10", financial_center_id: jar },
  ]);
});

test("a plan that waited while the household got another currency is refused at its cell", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await page.getByRole("link", { name: "Plan" }).click();
  const cell = page.getByRole("textbox", { name: /^Groceries, .*: plan$/ }).first();
  await expect(cell).toBeVisible();
  await page.route(writes, lose);
  await cell.fill("300");
  await page.keyboard.press("Tab");
  await expect(cell).toHaveValue("300.00");
  await ben.api("patch", "/household", { currency: "USD" });
  await back(anna);
  await expect(page.getByRole("alert").filter({ hasText: "The currency has changed meanwhile" }).first()).toBeVisible();
  const { plans } = await ben.api<{ plans: unknown[] }>("get", "/snapshot");
  expect(plans).toHaveLength(0);
});
