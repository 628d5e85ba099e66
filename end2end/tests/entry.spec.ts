import { expect, test } from "../support/fixtures";

test("a purchase is entered, changed and deleted by keyboard alone", async ({ household: { anna } }) => {
  await anna.openLive();
  const page = anna.page;
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  const amount = page.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount");
  for (let at = 0; at < 12 && !(await amount.evaluate((input) => input === document.activeElement)); at += 1) {
    await page.keyboard.press("Tab");
  }
  await expect(amount).toBeFocused();
  await page.keyboard.type("7,35");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Groc");
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−7.35");
  await expect(amount).toBeFocused();
  await expect(amount).toHaveValue("");

  const row = anna.rows("Groceries").getByRole("button");
  for (let at = 0; at < 12 && !(await row.evaluate((button) => button === document.activeElement)); at += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  await expect(editor.getByLabel("Amount")).toBeFocused();
  await page.keyboard.type("-8");
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−8.00");
});

test("the message under a field is the error's own sentence, and nothing typed is lost", async ({ household: { anna } }) => {
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  for (const [typed, message] of [
    ["", "This is needed"],
    ["0", "The amount is zero: enter what was paid or received"],
    ["1.234", "Amounts in this currency have 2 decimals"],
    ["1e9", "Enter an amount, for example 12.50"],
    ["9".repeat(400), "The amount is too large"],
  ]) {
    await anna.add(typed, "Groceries", "kept");
    await expect(form.getByText(message)).toBeVisible();
    await expect(form.getByLabel("Amount")).toHaveValue(typed);
    await expect(form.getByLabel("Note")).toHaveValue("kept");
  }
  await expect(anna.rows("Groceries")).toHaveCount(0);
});

test("the sign comes from the category unless it is typed", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("100", "Salary", "wage");
  await anna.add("+5", "Groceries", "refund");
  await expect(anna.rows("wage")).toContainText("+100.00");
  await expect(anna.rows("refund")).toContainText("+5.00");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a purchase is entered by touch", async ({ household: { anna, ben } }) => {
    await ben.openLive();
    await anna.openLive();
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    await form.getByLabel("Amount").tap();
    await form.getByLabel("Amount").fill("3,20");
    await form.getByLabel("Category").selectOption({ label: "Groceries" });
    await form.getByRole("button", { name: "Add", exact: true }).tap();
    await expect(ben.rows("Groceries")).toContainText("−3.20");
    const wide = await anna.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, "nothing is wider than the screen").toBe(false);
  });
});

test.describe("before the program has arrived in the browser", () => {
  test.use({ javaScriptEnabled: false });

  test("the page shows its rows, and the form posts", async ({ household: { anna } }) => {
    await anna.page.goto(`${anna.server.url}/`);
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    await form.getByLabel("Amount").fill("4,40");
    await form.getByLabel("Category").selectOption({ label: "Groceries" });
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(anna.rows("Groceries")).toContainText("−4.40");
    await form.getByLabel("Amount").fill("0");
    await form.getByLabel("Category").selectOption({ label: "Groceries" });
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(anna.page.getByText("The amount is zero", { exact: false })).toBeVisible();
    await expect(anna.rows("Groceries")).toHaveCount(1);
  });
});
