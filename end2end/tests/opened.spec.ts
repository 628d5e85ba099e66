import type { Locator, Page } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "en-GB" });

/** What lies over the middle of an element: empty if nothing does and the middle is on the screen. */
const over = (what: Locator) =>
  what.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return element.contains(there) ? "" : String(there?.outerHTML ?? "beyond the screen");
  });

/** Scrolls so that an element ends where the tabs begin. */
const lowest = (page: Page, what: Locator) =>
  what.evaluate((element) => {
    const tabs = document.querySelector(".tabs")?.getBoundingClientRect().top ?? innerHeight;
    window.scrollBy({ top: element.getBoundingClientRect().bottom - tabs, behavior: "instant" });
  });

/** Enough of everything for each list to be longer than the screen. */
async function furnish(anna: Person): Promise<void> {
  const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const article_id = articles.find((row) => row.name === "Groceries")?.id;
  for (let n = 10; n < 30; n += 1) {
    await anna.api("post", "/facts", { amount: `-${n}`, article_id, financial_center_id: center.id, comment: `number ${n}` });
  }
  await anna.api("post", "/recurring", { amount: "-950", comment: "flat", starts_on: today, unit: "month", article_id, financial_center_id: center.id });
}

const section = (page: Page, of: string) => page.locator(`section[aria-labelledby=${of}-title]`);

/** The forms that open in a page: the page, what opens the form, and the form. */
const forms: [string, string, (page: Page) => Locator, (page: Page) => Locator][] = [
  ["a transaction", "/", (page) => page.getByRole("listitem").filter({ hasText: "number 20" }).getByRole("button"), (page) => page.locator(".editor")],
  ...(["articles", "centers", "recurring"] as const).flatMap((of): typeof forms => [
    [`a row of ${of}`, "/household", (page) => section(page, of).locator("button.plain-row").first(), (page) => page.locator(".row-form")],
    [`a new row of ${of}`, "/household", (page) => section(page, of).locator("> button.button-outline"), (page) => page.locator(".row-form")],
  ]),
];

for (const height of [844, 510]) {
  test(`a form that is opened low on a phone of 390×${height} shows its first field and its buttons`, async ({ household: { anna } }) => {
    test.setTimeout(240_000);
    const { page } = anna;
    await page.setViewportSize({ width: 390, height });
    await furnish(anna);
    for (const [name, path, opener, form] of forms) {
      await anna.open(path);
      await anna.synchronised();
      await lowest(page, opener(page));
      await opener(page).tap();
      const save = form(page).locator(".editor-buttons button[type=submit]");
      await expect(save, name).toBeVisible();
      await expect.poll(() => over(save), `Save of ${name}`).toBe("");
      await expect(save, name).toBeInViewport({ ratio: 1 });
      const focused = page.locator(":focus");
      expect(await over(focused), `the focused field of ${name}`).toBe("");
      // Each field is shown above the buttons when it gets the focus.
      for (const field of await form(page).locator("input.input, select.input").filter({ visible: true }).all()) {
        await field.focus();
        expect(await over(field), `${await field.getAttribute("id")} of ${name}`).toBe("");
        expect(await over(save), `Save of ${name} beside ${await field.getAttribute("id")}`).toBe("");
      }
    }
  });
}

test("a form that is opened where it fits does not move the page", async ({ household: { anna } }) => {
  const { page } = anna;
  await furnish(anna);
  await anna.openLive();
  const row = anna.rows("number 20").getByRole("button");
  await row.evaluate((element) => window.scrollBy({ top: element.getBoundingClientRect().top - 100, behavior: "instant" }));
  const [before, top] = [await page.evaluate(() => scrollY), (await row.boundingBox())?.y];
  await row.tap();
  await expect(page.locator(".editor")).toBeInViewport({ ratio: 1 });
  expect([await page.evaluate(() => scrollY), (await page.locator(".editor").boundingBox())?.y]).toEqual([before, top]);
});
