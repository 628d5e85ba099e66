import { expect, test } from "../support/fixtures";
import { pictures } from "../support/pictures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

test("a phone's own operator keys compute what they show", async ({ household: { anna } }, info) => {
  await anna.openLive();
  const { page } = anna;
  const amount = page.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount");
  const key = (name: string) => page.getByRole("group", { name: "Calculate" }).getByRole("button", { name, exact: true });
  await amount.tap();
  await page.keyboard.type("100");
  await key("−").tap();
  await page.keyboard.type("30");
  await expect(amount).toHaveValue("100 − 30");
  await expect(page.locator("#add-after")).toContainText("70.00");
  // What can be read in two ways is refused in the whole width of the screen.
  const closed = await page.locator(".quick-add").evaluate((form) => form.getBoundingClientRect().height);
  await amount.fill("100-30");
  await amount.press("Enter");
  const message = page.locator("#add-amount-error");
  await expect(message).toBeVisible();
  await pictures(page, info, "refused");
  const [width, height, opened] = await Promise.all([
    message.evaluate((element) => element.getBoundingClientRect().width),
    message.evaluate((element) => element.getBoundingClientRect().height),
    page.locator(".quick-add").evaluate((form) => form.getBoundingClientRect().height),
  ]);
  expect(width).toBeGreaterThan(350);
  expect(height, "two lines at most").toBeLessThan(40);
  expect(opened - closed).toBeLessThan(40);
});
