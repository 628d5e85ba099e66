import type { Page } from "@playwright/test";
import { Book } from "../support/book";
import { expect, expectFault, test } from "../support/fixtures";
import { bar, hasStopped, lateProgram, noProgram, says } from "../support/stopped";

/** A text that is typed in a field which no form posts, and how the field is left. */
const unposted: [name: string, path: string, type: (page: Page) => Promise<void>][] = [
  [
    "a plan, with Enter",
    "/plan",
    async (page) => {
      await page.locator(".plan-input").first().fill("120");
      await page.keyboard.press("Enter");
    },
  ],
  [
    "a plan, with Tab",
    "/plan",
    async (page) => {
      await page.locator(".plan-input").first().fill("120");
      await page.keyboard.press("Tab");
    },
  ],
];

for (const [name, path, type] of unposted)
  test(`a page that does not get its program says that it does not save a field without a form: ${name}`, async ({ household: { anna } }) => {
    const { page } = anna;
    await noProgram(page);
    await page.goto(anna.server.url + path);
    await hasStopped(anna);
    await type(page);
    await says(page, "This was not saved");
    await expect(page.locator(".plan-input").first()).toHaveValue("120");
    await expectFault(/fetch/i);
  });

test("a plan that was typed before the program started is taken over", async ({ household: { anna, ben } }) => {
  const { page } = anna;
  const groceries = (await Book.of(anna)).articles.get("Groceries");
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const plans = async () => (await ben.api<{ items: { amount: string }[] }>("get", `/plans?month=${today.slice(0, 7)}`)).items.map(({ amount }) => amount).sort();
  const arrive = await lateProgram(page);
  await page.goto(`${anna.server.url}/plan`);
  const cells = page.locator(".plan-cell.month-0 .plan-input");
  const [left, invalid, other] = [cells.nth(0), cells.nth(1), cells.nth(2)];
  const focused = page.locator(`.plan-cell.month-0 [data-article="${groceries}"]`);
  expect(await focused.count()).toBe(1);
  await left.fill("120");
  await page.keyboard.press("Tab");
  await invalid.fill("much");
  await page.keyboard.press("Tab");
  await focused.fill("70+");
  arrive();
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  // A complete amount is entered, a wrong one is reported at its cell, and typing goes on in the focused one.
  await expect(left).toHaveValue("120.00");
  await expect(invalid).toHaveValue("much");
  await expect(invalid).toHaveAttribute("aria-invalid", "true");
  await expect(focused).toBeFocused();
  await expect(focused).toHaveValue("70+");
  await page.keyboard.type("5");
  await page.keyboard.press("Enter");
  await expect(focused).toHaveValue("75.00");
  await expect.poll(plans).toEqual(["120.00", "75.00"]);
  await expect(bar(page)).toBeHidden();
  await expect(other).toHaveValue("");
});

test("a plan that was typed before the program started does not replace what somebody else set in a month that was not shown", async ({ household: { anna, ben } }) => {
  const { page } = anna;
  const groceries = (await Book.of(anna)).articles.get("Groceries");
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [year, month] = today.split("-").map(Number);
  const next = month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, "0")}`;
  await ben.api("put", `/plans/${groceries}/${next}`, { amount: "300" });
  const arrive = await lateProgram(page);
  await page.goto(`${anna.server.url}/plan`);
  const cell = page.locator(`[data-article="${groceries}"][data-month="${next}"]`);
  await cell.fill("120");
  await page.keyboard.press("Tab");
  arrive();
  await anna.live();
  await expect(page.locator(".plan-cell").filter({ has: cell })).toContainText("Ben");
  await expect(cell).toHaveValue("120.00");
  expect((await ben.api<{ items: { amount: string }[] }>("get", `/plans?month=${next}`)).items.map(({ amount }) => amount)).toEqual(["300.00"]);
});

test("the plan of a page that does not get its program shows which months it has not read", async ({ household: { anna } }) => {
  const { page } = anna;
  const months = page.locator(".plan-table tbody tr").nth(1).locator(".plan-input");
  await anna.open("/plan");
  await anna.live();
  await months.nth(1).fill("130");
  await page.keyboard.press("Enter");
  await expect(months.nth(1)).toHaveValue("130.00");
  await expect(page.locator(".plan-table")).not.toContainText("…");
  await expect(page.locator(".plan-input[placeholder]")).toHaveCount(0);
  await expect(page.locator(".row-saving")).toHaveCount(0);
  await noProgram(page);
  await page.goto(`${anna.server.url}/plan`);
  await hasStopped(anna);
  await expect(months.nth(0)).not.toHaveAttribute("placeholder");
  for (const at of [1, 2]) {
    await expect(months.nth(at)).toHaveAttribute("placeholder", "…");
    await expect(page.locator(`.plan-section .month-${at}`).first()).toHaveText("…");
  }
  await expectFault(/fetch/i);
});
