import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";

/** The console is silent, the policy is not violated, axe finds nothing. */
async function clean(page: Page, messages: string[]) {
  expect(messages).toEqual([]);
  const { violations } = await new AxeBuilder({ page }).options({ preload: false }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
  // What axe itself makes the browser say while it measures is not the page's.
  messages.length = 0;
}

for (const locale of ["en-GB", "ru-RU"]) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [390, 1440]) {
      test.describe(`${locale} ${colorScheme} ${width} px`, () => {
        test.use({ locale, colorScheme, viewport: { width, height: 900 } });

        test("no page has a finding", async ({ household: { anna, ben }, browser }) => {
          const watch = (page: Page) => {
            const messages: string[] = [];
            page.on("console", (message) => messages.push(message.text()));
            page.on("pageerror", (error) => messages.push(String(error)));
            return messages;
          };
          const stranger = await browser.newContext();
          const page = await stranger.newPage();
          const { url } = await anna.api<{ url: string }>("post", "/invites");
          for (const path of ["/sign-in", "/register", new URL(url).pathname]) {
            const messages = watch(page);
            await page.goto(anna.server.url + path);
            await expect(page.locator("html[data-hydrated]")).toBeAttached();
            await clean(page, messages);
          }
          await stranger.close();

          const messages = watch(anna.page);
          await anna.open("/");
          await clean(anna.page, messages);
          const articles = await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles");
          const centers = await anna.api<{ items: { id: string }[] }>("get", "/financial-centers");
          await anna.api("post", "/facts", {
            amount: "-12.50",
            article_id: articles.items.find((row) => row.kind === "expense")?.id,
            financial_center_id: centers.items[0].id,
            comment: "axe",
          });
          await anna.page.getByRole("listitem").filter({ hasText: "axe" }).getByRole("button").click();
          const editor = anna.page.locator(".editor");
          await expect(editor).toBeVisible();
          await clean(anna.page, messages);

          const facts = await anna.api<{ items: { id: string }[] }>("get", "/facts");
          await ben.api("patch", `/facts/${facts.items[0].id}`, { amount: "-13" });
          await editor.locator("#edit-amount").fill("-14");
          await editor.locator("button[type=submit]").click();
          await expect(editor.locator(".conflict")).toBeVisible();
          expect(messages.splice(0)).toEqual([expect.stringContaining("412")]);
          await clean(anna.page, messages);
          await editor.locator(".conflict button").last().click();

          await anna.page.route("**/api/ui/record_fact", (route) => route.abort(), { times: 1 });
          await anna.page.locator("#add-amount").fill("1");
          await anna.page.locator("#add-article").selectOption({ index: 1 });
          await anna.page.locator("#add-amount").press("Enter");
          await expect(anna.page.locator(".row-refused")).toBeVisible();
          expect(messages.splice(0)).toEqual([expect.stringContaining("ERR_FAILED")]);
          await clean(anna.page, messages);

          await anna.page.getByRole("listitem").filter({ hasText: "axe" }).getByRole("button").click();
          await editor.locator(".button-danger").click();
          await expect(anna.page.locator(".toast")).toBeVisible();
          await clean(anna.page, messages);

          await anna.open("/household");
          await clean(anna.page, messages);
          await anna.page.locator(".plain-buttons button").first().click();
          await expect(anna.page.locator(".name-form")).toBeVisible();
          await clean(anna.page, messages);

          await anna.open("/nowhere");
          expect(messages.splice(0)).toEqual([expect.stringContaining("404")]);
          await clean(anna.page, messages);
        });
      });
    }
  }
}
