import { randomUUID } from "node:crypto";
import { expect, found, type Person, test } from "../support/fixtures";
import { arrivesStill, listen, type Look, looksRight } from "../support/look";
import { forgetTyped } from "../support/writes";

const languages = [
  { language: "en", locale: "en-GB" },
  { language: "ru", locale: "ru-RU" },
] as const;

/** Each is operated at its last width, and every state looked at in all of them. */
const layouts = [
  { name: "phone", touch: true, widths: [320, 390] },
  { name: "desktop", touch: false, widths: [768, 1440] },
] as const;

/** A few days of two people: expenses, income, a transfer, long and short notes. */
async function someDays(anna: Person, ben: Person): Promise<void> {
  const articles = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items;
  const centers = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const of = (kind: string, at: number) => articles.filter((row) => row.kind === kind)[at].id;
  const today = (await anna.api<{ today: string }>("get", "/snapshot")).today;
  const ago = (days: number) => new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
  for (const [person, days, amount, article, center, comment] of [
    [anna, 0, "-14.10", of("expense", 0), 0, ""],
    [ben, 0, "-4.60", of("expense", 3), 1, "кофе"],
    [anna, 1, "2480", of("income", 0), 0, ""],
    [ben, 1, "-1180", of("expense", 5), 0, "ноябрь ".repeat(12)],
    [anna, 1, "-260", of("transfer", 0), 0, ""],
    [anna, 1, "260", of("transfer", 0), 1, ""],
    [ben, 400, "-123456789.01", of("expense", 8), 0, ""],
  ] as const) {
    await person.api("post", "/facts", { amount, article_id: article, financial_center_id: centers[center].id, date: ago(days), comment });
  }
}

/** Two people after some days, and ids for adding more. */
async function furnished(...where: Parameters<typeof found>) {
  const { anna, ben } = await found(...where);
  await someDays(anna, ben);
  const articles = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const centers = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  return { anna, ben, articles, centers, today };
}

for (const { language, locale } of languages) {
  for (const { name, touch, widths } of layouts) {
    const width = widths[1];
    test.describe(`${language}, ${name}`, () => {
      test.use({ locale, viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch });
      test.setTimeout(180_000);
      const english = language === "en";
      const look: Look = { language, widths, axe: english, lengthened: english };

      test("every page for strangers is correct in every state", async ({ browser, server, contextOptions }) => {
        const options = { ...contextOptions, locale, viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch };
        const page = await (await browser.newContext(options)).newPage();
        const said = listen(page);
        const refused = () => expect(said.splice(0)).toEqual([expect.stringMatching(/status of 4(01|10|22)/)]);
        await page.goto(`${server.url}/sign-in`);
        await looksRight(page, said, look, "sign in");
        await page.goto(`${server.url}/sign-in`);
        await page.locator("#email").fill("nobody@example.org");
        await page.locator("#password").fill("wrong password");
        await page.locator("form[action='/sign-in'] button").click();
        await expect(page.locator(".form-error")).toBeVisible();
        refused();
        await looksRight(page, said, look, "a wrong password");
        await page.goto(`${server.url}/register`);
        await looksRight(page, said, look, "found a household");
        await page.goto(`${server.url}/register`);
        await page.locator("#household").fill("x".repeat(80));
        await page.locator("#name").fill("Anna");
        await page.locator("#email").fill(`anna-${randomUUID()}@example.org`);
        await page.locator("#password").fill("correct horse");
        await page.locator("#opening_balance").fill("1.2.3");
        await page.locator("form[action='/register'] button").click();
        await expect(page.locator("#opening_balance-error")).toBeVisible();
        refused();
        await looksRight(page, said, look, "a field that is refused");
        await page.goto(`${server.url}/demo/${randomUUID()}${randomUUID()}`.slice(0, server.url.length + 46));
        await looksRight(page, said, look, "the demo's door");
        await page.goto(`${server.url}/join/nonsense`);
        refused();
        await looksRight(page, said, look, "an invitation that has ended");
        const { anna } = await found(browser, server, options);
        const { url } = await anna.api<{ url: string }>("post", "/invites");
        await page.goto(url);
        await looksRight(page, said, look, "an invitation");
        await page.context().close();

        const own = listen(anna.page);
        await anna.open("/");
        await looksRight(anna.page, own, look, "an empty book");
        await anna.context.close();
      });

      test("every page of the book is correct in every state", async ({ browser, server, contextOptions }) => {
        const options = { ...contextOptions, locale, viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch };
        const { anna, ben } = await found(browser, server, options);
        await someDays(anna, ben);
        const { page } = anna;
        const said = listen(page);
        await arrivesStill(anna, "/", look);
        await looksRight(page, said, look, "today");
        await page.locator(".badge").click();
        await expect(page.locator("#connection")).toBeVisible();
        await looksRight(page, said, look, "the connection");
        await page.keyboard.press("Escape");
        await page.keyboard.press("?");
        await expect(page.locator("dialog .keys")).toBeVisible();
        await looksRight(page, said, look, "the keys");
        await page.keyboard.press("Escape");

        await anna.open("/");
        if (touch) {
          await page.locator(".behind").tap();
          await expect(page.locator(".sheet-done")).toBeVisible();
          await looksRight(page, said, look, "the sheet");
          await anna.open("/");
        }
        await page.locator(".row").nth(1).click();
        const editor = page.locator(".editor");
        await expect(editor).toBeVisible();
        await looksRight(page, said, look, "a row that is edited");
        const { items } = await anna.api<{ items: { id: string }[] }>("get", "/facts?limit=2");
        await editor.locator("#edit-amount").fill("-14");
        await ben.api("patch", `/facts/${items[1].id}`, { amount: "-13" });
        // The page knows of the conflict, and shows it before anything is sent.
        const { seq } = await anna.api<{ seq: number }>("get", "/snapshot");
        await expect(page.locator("#connection")).toContainText(new RegExp(`\\b${seq}\\b`));
        await editor.locator("button[type=submit]").click();
        await expect(editor.locator(".conflict")).toBeVisible();
        await looksRight(page, said, look, "two values to choose from");

        await forgetTyped(page);
        await anna.open("/");
        const fault = { status: 500, contentType: "application/json", body: '"internal"' };
        await page.route("**/api/ui/write", (route) => route.fulfill(fault), { times: 1 });
        await page.locator("#add-amount").fill("1");
        if (touch) await page.locator(".chip").first().tap();
        else {
          await page.locator("#add-article").selectOption({ index: 1 });
          await page.locator("#add-amount").press("Enter");
        }
        await expect(page.locator(".row-refused")).toBeVisible();
        expect(said.splice(0)).toEqual([expect.stringContaining("500")]);
        await looksRight(page, said, look, "an entry that was not saved");

        await anna.open("/");
        await page.locator(".row").nth(1).click();
        await editor.locator(".button-danger").click();
        await expect(page.locator(".toast")).toBeVisible();
        await looksRight(page, said, look, "a deleted row");

        await arrivesStill(anna, "/household", look);
        await looksRight(page, said, look, "household");
        await anna.open("/household");
        await page.locator("button.plain-row").first().click();
        await expect(page.locator(".row-form")).toBeVisible();
        await looksRight(page, said, look, "a category that is edited");
        await anna.open("/household");
        await page.locator("section[aria-labelledby=centers-title] button.plain-row").first().click();
        await page.locator("section[aria-labelledby=members-title] .button-outline").click();
        await expect(page.locator(".qr")).toBeVisible();
        await looksRight(page, said, look, "an account that is edited, and an invitation");

        await anna.open("/household");
        await page.locator("section[aria-labelledby=members-title] .deeds button").last().click();
        await expect(page.locator(".question")).toBeVisible();
        await looksRight(page, said, look, "somebody who is about to be removed");

        await page.goto(`${server.url}/settings`);
        await looksRight(page, said, look, "settings");
        await page.goto(`${server.url}/settings`);
        await page.locator("#old").fill("wrong password");
        await page.locator("#new").fill("another password");
        await page.locator("form[action='/settings/password'] button").click();
        await expect(page.locator("#old-error")).toBeVisible();
        expect(said.splice(0)).toEqual([expect.stringContaining("422")]);
        await looksRight(page, said, look, "a password that is refused");
        await page.goto(`${server.url}/nowhere`);
        expect(said.splice(0)).toEqual([expect.stringContaining("404")]);
        await looksRight(page, said, look, "a page that does not exist");

        await anna.open("/");
        await anna.api("post", "/auth/logout");
        await expect(page.locator("dialog[open] #again-email")).toBeVisible();
        await looksRight(page, said, look, "signed out");
        await anna.context.close();
        await ben.context.close();
      });

      test("plans, transfers and splits are correct in every state", async ({ browser, server, contextOptions }) => {
        const options = { ...contextOptions, locale, viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch };
        const { anna, ben, articles, centers, today } = await furnished(browser, server, options);
        const month = today.slice(0, 7);
        await anna.api("patch", `/articles/${articles[1].id}`, { parent_id: articles[0].id });
        const plan = (at: number, amount: string) => anna.request.put(`${server.url}/api/v1/plans/${articles[at].id}/${month}`, { data: { amount } });
        for (const [at, amount] of [[0, "10"], [1, "20"], [2, "1234567.89"], [5, "1200"]] as const) await plan(at, amount);
        const part = (at: number, amount: string) => ({ article_id: articles[at].id, amount, comment: "ж".repeat(40) });
        await anna.api("post", "/splits", { financial_center_id: centers[0].id, parts: [part(0, "-1"), part(2, "-99999.99"), part(3, "-3")] });
        await anna.api("post", "/transfers", { from_financial_center_id: centers[0].id, to_financial_center_id: centers[1].id, amount: "123456.78" });
        const { page } = anna;
        const said = listen(page);
        await arrivesStill(anna, "/", look);
        await page.locator("#add-amount").fill("16.99*3+2");
        await page.locator("#add-article").evaluate((select: HTMLSelectElement, id) => { select.value = id; select.dispatchEvent(new Event("change", { bubbles: true })); }, articles[0].id);
        await page.locator("#add-amount").focus();
        await expect(page.locator("#add-after")).toContainText("→");
        await looksRight(page, said, look, "an amount that is worked out");
        for (const at of [0, 1]) {
          await anna.open("/");
          await page.locator(".row").nth(at).click();
          await expect(page.locator("dialog.group[open]")).toBeVisible();
          if (at === 1) {
            await page.locator(".part-remove").first().click();
            await page.locator("dialog.group button[type=submit]").click();
            await expect(page.locator("#group-amount-error")).not.toBeEmpty();
          }
          await looksRight(page, said, look, at ? "a split whose parts do not add up" : "a transfer");
        }
        await anna.open("/");
        await page.locator("#add-amount").fill("");
        await anna.open("/");
        const used = (amount: string) => ben.api("post", "/facts", { amount, article_id: articles[5].id, financial_center_id: centers[0].id, date: today });
        await used("-1");
        await anna.synchronised();
        await plan(5, "1");
        await expect(page.locator(".notices .toast")).toBeVisible();
        await looksRight(page, said, look, "a plan that is used up");

        await arrivesStill(anna, "/plan", look);
        await expect(page.locator(`#plan-${articles[5].id}-${month}`)).not.toHaveValue("");
        await looksRight(page, said, look, "the plan");
        await anna.open("/plan");
        await anna.synchronised();
        const cell = page.locator(`#plan-${articles[2].id}-${month}`);
        await cell.focus();
        await plan(2, "2");
        await cell.fill("3");
        await cell.press("Enter");
        await expect(page.locator(".plan-cell .plan-theirs")).toBeVisible();
        expect(said.splice(0)).toEqual([expect.stringContaining("412")]);
        await looksRight(page, said, look, "two amounts for one cell");
        await anna.context.close();
        await ben.context.close();
      });

      test("recurring entries, a merge and the reconciliation of an account are correct in every state", async ({ browser, server, contextOptions }) => {
        const options = { ...contextOptions, locale, viewport: { width, height: 844 }, hasTouch: touch, isMobile: touch };
        const { anna, ben, articles, centers, today } = await furnished(browser, server, options);
        const on = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
        for (const [days, amount, comment, more] of [
          [-3, "-1234567.89", "ж".repeat(60), { unit: "month" }],
          [0, "-9.99", "#42", { unit: "week", every: 2, times: 3 }],
          [1, "-3", "", { unit: "year", automatic: true }],
          [2, "2480", "", { unit: "month", from_month_end: true }],
          [3, "-7", "", { unit: "week" }],
        ] as const) {
          await anna.api("post", "/recurring", { amount, comment, starts_on: on(days), article_id: articles[days + 3].id, financial_center_id: centers[0].id, ...more });
        }
        await anna.api("post", "/recurring", { target: "plan", amount: "300", starts_on: on(0), unit: "month", article_id: articles[0].id });
        const { page } = anna;
        const said = listen(page);
        await arrivesStill(anna, "/", look);
        await page.locator(".expected li").first().waitFor();
        await looksRight(page, said, look, "what is expected");
        await anna.open("/");
        await page.locator(".expected li button").nth(1).click();
        await expect(page.locator(".toast")).toBeVisible();
        await looksRight(page, said, look, "a day that was skipped");

        const again = page.locator("section[aria-labelledby=recurring-title]");
        await anna.open("/household");
        await anna.synchronised();
        await again.locator("button.plain-row").nth(1).click();
        await expect(page.locator(".row-form")).toBeVisible();
        await looksRight(page, said, look, "something recurring that is edited");
        await anna.open("/household");
        await anna.synchronised();
        await again.locator("button.button-outline").click();
        await page.locator(".row-form button[type=submit]").click();
        await expect(page.locator(".row-form .field-error:not(:empty)").first()).toBeVisible();
        await looksRight(page, said, look, "something recurring that is refused");

        await anna.open("/household");
        await anna.synchronised();
        await page.locator("section[aria-labelledby=centers-title] button.plain-row").first().click();
        await page.locator("#center-statement").fill("-1234567.89");
        await page.locator(".row-form summary").click();
        await expect(page.locator(".history-line")).toBeVisible();
        await looksRight(page, said, look, "an account beside its statement, and its history");
        await anna.open("/household");
        await anna.synchronised();
        await page.locator("button.plain-row").first().click();
        await page.locator("#article-into").selectOption({ index: 3 });
        await expect(page.locator(".row-form .question")).toBeVisible();
        await looksRight(page, said, look, "a merge that is asked about");
        await anna.context.close();
        await ben.context.close();
      });
    });
  }
}
