import { expect, type Person, test } from "../support/fixtures";
import { back, editor, lose, waits, writes } from "../support/writes";

const household = async ({ page }: Person) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Household" }).click();

const archive = async (person: Person, name: string) => {
  const { items } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  await person.api("patch", `/articles/${items.find((row) => row.name === name)?.id}`, { archived: true });
};

test("a refusal of quick add, of a transfer or of a split has the focus on its field", async ({ household: { anna } }) => {
  await anna.openLive();
  const { page } = anna;
  const form = page.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Amount").fill("5");
  await form.getByLabel("Amount").press("Enter");
  await expect(form.getByLabel("Category")).toBeFocused();
  await form.getByLabel("Category").selectOption({ label: "Gifts" });
  await form.getByLabel("Amount").fill("much");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form.getByLabel("Amount"), "the first refused field").toBeFocused();

  await form.getByLabel("Amount").fill("5");
  await form.getByRole("button", { name: "Transfer…" }).click();
  const transfer = page.getByRole("dialog", { name: "Transfer" });
  await transfer.getByLabel("Amount").first().press("Enter");
  await expect(transfer.getByLabel("To", { exact: true })).toBeFocused();
  // Pressed once more, it is said once more.
  await transfer.getByRole("button", { name: "Add", exact: true }).click();
  await expect(transfer.getByLabel("To", { exact: true })).toBeFocused();
  await transfer.getByRole("button", { name: "Cancel" }).click();

  await form.getByRole("button", { name: "Split…" }).click();
  const split = page.getByRole("dialog", { name: "Split" });
  await split.locator("#group-amount").fill("10");
  const part = (number: number) => split.getByRole("group", { name: `Part ${number}`, exact: true });
  for (const number of [1, 2]) await part(number).getByLabel("Amount").fill("5");
  await part(1).getByLabel("Category").selectOption({ label: "Groceries" });
  await split.getByRole("button", { name: "Add", exact: true }).click();
  await expect(part(2).getByLabel("Category")).toBeFocused();
});

test("a refused entry is corrected at the field that was refused, and a sound one at its amount", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "for whom");
  await expect(waits(anna, "for whom")).toBeVisible();
  await archive(ben, "Gifts");
  await back(anna);
  await anna.rows("for whom").getByRole("alert").getByRole("button", { name: "Correct" }).click();
  await expect(editor(anna).getByLabel("Category")).toBeFocused();
  await editor(anna).getByLabel("Amount").fill("much");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(editor(anna).getByLabel("Amount"), "the first refused field").toBeFocused();
  await editor(anna).getByLabel("Amount").fill("-4");
  await editor(anna).getByLabel("Category").selectOption({ label: "Clothes" });
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("for whom")).toContainText("Clothes");
  await anna.rows("for whom").getByRole("button").first().click();
  await expect(editor(anna).getByLabel("Amount")).toBeFocused();
  await editor(anna).getByLabel("Date").fill("");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(editor(anna).getByLabel("Date")).toBeFocused();
});

test("a refusal of a form of the household has the focus on its field, at once or when it is corrected", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await household(anna);
  const recurring = page.getByRole("form", { name: "Add something recurring" });
  await page.getByRole("button", { name: "Add something recurring" }).click();
  await recurring.getByLabel("Amount").fill("9");
  await recurring.getByLabel("Amount").press("Enter");
  await expect(recurring.getByLabel("Category")).toBeFocused();
  await recurring.getByLabel("Category").selectOption({ label: "Gifts" });
  await page.route(writes, lose);
  await recurring.getByRole("button", { name: "Save" }).click();
  const category = page.getByRole("form", { name: "Add a category" });
  await page.getByRole("button", { name: "Add a category" }).click();
  await category.getByRole("button", { name: "Save" }).click();
  await expect(category.getByLabel("Name")).toBeFocused();
  await category.getByRole("button", { name: "Cancel" }).click();
  const account = page.getByRole("form", { name: "Add an account" });
  await page.getByRole("button", { name: "Add an account" }).click();
  await account.getByLabel("Name").fill("Purse");
  await account.getByLabel("Opening balance").fill("much");
  await account.getByLabel("Name").press("Enter");
  await expect(account.getByLabel("Opening balance")).toBeFocused();
  await account.getByRole("button", { name: "Cancel" }).click();
  await archive(ben, "Gifts");
  await back(anna);
  await page.getByRole("region", { name: "Recurring" }).getByRole("alert").getByRole("button", { name: "Correct" }).click();
  await expect(recurring.getByLabel("Category")).toBeFocused();
});

test("Enter in a cell of the plan stays at an amount that cannot be read, and goes on from one that can", async ({ household: { anna } }) => {
  await anna.open("/plan");
  await anna.live();
  const { page } = anna;
  const cell = page.locator("input.plan-input:visible").first();
  await cell.fill("much");
  await page.keyboard.press("Enter");
  await expect(page.locator(".plan-cell .field-error")).toContainText("Enter an amount");
  await expect(cell).toBeFocused();
  // What was wrong is selected.
  await page.keyboard.type("40");
  await page.keyboard.press("Enter");
  await expect(cell).toHaveValue("40.00");
  await expect(cell).not.toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a refused field in the closed sheet of quick add is shown and has the focus", async ({ household: { anna } }) => {
    await anna.openLive();
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    await form.getByLabel("Amount").fill("5");
    await form.getByLabel("Amount").press("Enter");
    await expect(form.getByLabel("Category")).toBeVisible();
    await expect(form.getByLabel("Category")).toBeFocused();
  });
});
