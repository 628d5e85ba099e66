import type { Locator } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

const household = async ({ page }: Person) => page.getByRole("navigation").getByRole("link", { name: "Household" }).click();

/** The message of a field is shown, and disappears as soon as the field is corrected. */
async function goes(field: Locator, message: Locator, text: string | RegExp, correct: () => Promise<unknown>): Promise<void> {
  await expect(message).toHaveText(text);
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await correct();
  await expect(message).toHaveText("");
  await expect(field).not.toHaveAttribute("aria-invalid");
}

test("an error of quick add disappears when its field is corrected, and only that one", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  const form = page.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Amount").fill("much");
  await form.getByLabel("Date").fill("");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const category = page.locator("#add-article-error");
  await expect(category).toHaveText("This is needed");
  await goes(form.getByLabel("Category"), category, "This is needed", () => form.getByLabel("Category").selectOption({ label: "Gifts" }));
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await goes(form.getByLabel("Amount"), page.locator("#add-amount-error"), /Enter an amount/, () => form.getByLabel("Amount").fill("7"));
});

test("a refusal of the plain form disappears when something is typed", async ({ household: { anna } }) => {
  const { page } = anna;
  await page.goto(anna.server.url);
  await page.getByLabel("Amount").first().fill("5");
  await page.locator("form.quick-add").evaluate((form: HTMLFormElement) => form.submit());
  await anna.live();
  const refused = page.locator("form.quick-add .form-error");
  await expect(refused).toContainText("Some fields need a correction");
  await expect(page.getByLabel("Category").first(), "the refused field").toBeFocused();
  await page.getByLabel("Amount").first().fill("7");
  await expect(refused).toBeHidden();
});

test("an error in an open row disappears when its field is corrected", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await anna.add("12", "Groceries", "lunch");
  await anna.rows("lunch").getByRole("button").click();
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  for (const [label, id, wrong, text, right] of [
    ["Amount", "amount", "much", /Enter an amount/, "-7"],
    ["Date", "date", "", "This is needed", "2026-11-01"],
  ] as const) {
    await editor.getByLabel(label).fill(wrong);
    await editor.getByRole("button", { name: "Save" }).click();
    await goes(editor.getByLabel(label), page.locator(`#edit-${id}-error`), text, () => editor.getByLabel(label).fill(right));
  }
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("lunch")).toContainText("−7.00");
});

test("an error that compares two fields disappears when either is corrected: transfer and split", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  const quick = page.getByRole("form", { name: "Add a transaction" });
  await quick.getByRole("button", { name: "Transfer…" }).click();
  const transfer = page.getByRole("dialog", { name: "Transfer" });
  await transfer.getByLabel("Amount").first().fill("5");
  const to = transfer.getByLabel("To", { exact: true });
  await to.selectOption({ label: "Card" });
  await transfer.getByRole("button", { name: "Add", exact: true }).click();
  await goes(to, page.locator("#group-to-error"), "Choose two different accounts", () => transfer.locator("#group-center").selectOption({ label: "Cash" }));
  await transfer.getByRole("button", { name: "Cancel" }).click();

  await quick.getByRole("button", { name: "Split…" }).click();
  const split = page.getByRole("dialog", { name: "Split" });
  const part = (number: number) => split.getByRole("group", { name: `Part ${number}`, exact: true });
  await split.locator("#group-amount").fill("10");
  await part(1).getByLabel("Amount").fill("4");
  await split.getByRole("button", { name: "Add", exact: true }).click();
  const error = (number: number) => part(number).locator(".field-error");
  await goes(part(1).getByLabel("Category"), error(1), "This is needed", () => part(1).getByLabel("Category").selectOption({ label: "Groceries" }));
  await expect(error(2)).toHaveText("This is needed");
  // Also when chosen by letters.
  await part(2).getByLabel("Category").focus();
  await page.keyboard.type("gif");
  await expect(error(2)).toHaveText("");
  await part(2).getByLabel("Amount").fill("5");
  await split.getByRole("button", { name: "Add", exact: true }).click();
  await goes(split.locator("#group-amount"), page.locator("#group-amount-error"), /do not add up/, () => part(2).getByLabel("Amount").fill("6"));
  await split.getByRole("button", { name: "Add", exact: true }).click();
  await expect(split).toBeHidden();
});

test("errors of the household's forms disappear when their fields are corrected", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await household(anna);
  await page.getByRole("button", { name: "Add a category" }).click();
  const category = page.getByRole("form", { name: "Add a category" });
  await category.getByRole("button", { name: "Save" }).click();
  await goes(category.getByLabel("Name"), page.locator("#article-name-error"), "This is needed", () => category.getByLabel("Name").fill("Books"));
  await category.getByRole("button", { name: "Save" }).click();
  await expect(category).toBeHidden();

  await page.getByRole("button", { name: "Add an account" }).click();
  const account = page.getByRole("form", { name: "Add an account" });
  await account.getByRole("button", { name: "Save" }).click();
  await goes(account.getByLabel("Name"), page.locator("#center-name-error"), "This is needed", () => account.getByLabel("Name").fill("Purse"));
  await account.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Add something recurring" }).click();
  const recurring = page.getByRole("form", { name: "Add something recurring" });
  await recurring.getByLabel("Amount").fill("9");
  await recurring.getByLabel("First day").fill("2026-12-01");
  await recurring.getByLabel("Last day").fill("2026-11-01");
  await recurring.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#recurring-article-error")).toHaveText("This is needed");
  await goes(recurring.getByLabel("Category"), page.locator("#recurring-article-error"), "This is needed", () => recurring.getByLabel("Category").selectOption({ label: "Gifts" }));
  await recurring.getByRole("button", { name: "Save" }).click();
  // The last day was compared with the first.
  await goes(recurring.getByLabel("Last day"), page.locator("#recurring-end-error"), "Choose a later day", () => recurring.getByLabel("First day").fill("2026-10-01"));
});

test("an error in a cell of the plan disappears when the cell is corrected", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await page.getByRole("navigation").getByRole("link", { name: "Plan" }).click();
  const cell = page.locator("input.plan-input").first();
  await cell.fill("much");
  await page.keyboard.press("Enter");
  const error = page.locator(".plan-cell").first().locator(".field-error");
  await expect(error).toContainText("Enter an amount");
  await cell.fill("40");
  await expect(error).toHaveCount(0);
  await expect(cell).not.toHaveAttribute("aria-invalid");
  await page.keyboard.press("Enter");
  await expect(cell).toHaveValue("40.00");
});
