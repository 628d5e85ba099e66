import { randomUUID } from "node:crypto";
import { cutTexts } from "../support/edges";
import { expect, found, type Person, test } from "../support/fixtures";
import { forgetTyped, lose, writes } from "../support/writes";

const LONG = {
  en: {
    household: "The Featherstonehaugh-Cholmondeley household",
    category: "Groceries, household supplies and everything for the garden",
    under: "Cleaning and laundry, stain removers included",
    income: "Salary and remuneration from both employers",
    account: "Savings account at the Raiffeisen Bank for a rainy day",
    note: "with a friend, after the long walk around the lake, including the parking fee and an unbreakabledonaudampfschifffahrtsgesellschaft #anniversary",
  },
  ru: {
    household: "Семья Преображенских-Воскресенских",
    category: "Продукты, хозяйственные товары и всё для сада и огорода",
    under: "Чистящие и моющие средства, в том числе пятновыводители",
    income: "Зарплата и вознаграждения от обоих работодателей",
    account: "Накопительный счёт в Россельхозбанке на чёрный день",
    note: "с друзьями, после долгой прогулки вокруг озера, вместе со стоянкой и превысокомногорассмотрительствующий #годовщина",
  },
} as const;

/** Long names and large figures in everything that can be written. */
async function furnish(anna: Person, ben: Person, language: "en" | "ru") {
  const long = LONG[language];
  await anna.api("patch", "/household", { name: long.household });
  await ben.api("patch", "/auth/me", { name: language === "en" ? "Wilhelmina-Alexandrina" : "Александра-Виктория" });
  const articles = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items;
  const [food, under, leisure] = articles.filter((row) => row.kind === "expense");
  const [pay] = articles.filter((row) => row.kind === "income");
  const centers = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await anna.api("patch", `/articles/${food.id}`, { name: long.category });
  await anna.api("patch", `/articles/${under.id}`, { name: long.under, parent_id: food.id });
  await anna.api("patch", `/articles/${pay.id}`, { name: long.income });
  await anna.api("patch", `/financial-centers/${centers[0].id}`, { name: long.account, opening_balance: "123456789.12" });
  const yen = await anna.api<{ id: string }>("post", "/financial-centers", { name: `${long.account} 2`, currency: "JPY", opening_balance: "-1234567890" });
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const month = today.slice(0, 7);
  const ago = (days: number) => new Date(Date.parse(today) - days * 86_400_000).toISOString().slice(0, 10);
  const buys = (person: Person, days: number, amount: string, article: string, comment: string) =>
    person.api("post", "/facts", { amount, article_id: article, financial_center_id: centers[0].id, date: ago(days), comment });
  await buys(anna, 1, "-12345678.90", food.id, long.note);
  await buys(ben, 0, "-1234567.89", under.id, long.note);
  await buys(ben, 0, "98765432.10", pay.id, "");
  await anna.api("post", "/facts", { amount: "-1234567", article_id: food.id, financial_center_id: yen.id, date: today, comment: long.note });
  const part = (article: string, amount: string) => ({ article_id: article, amount, comment: long.note });
  await anna.api("post", "/splits", { financial_center_id: centers[0].id, date: today, parts: [part(food.id, "-1234567.89"), part(under.id, "-2345678.90"), part(leisure.id, "-3.33")] });
  await anna.api("post", "/transfers", { from_financial_center_id: centers[0].id, to_financial_center_id: yen.id, amount: "1234567.89", to_amount: "198765432", date: today, comment: long.note });
  for (const [article, amount] of [[food.id, "23456789.01"], [under.id, "1234567.89"], [pay.id, "98765432.10"]]) {
    expect((await anna.request.put(`${anna.server.url}/api/v1/plans/${article}/${month}`, { data: { amount } })).ok()).toBeTruthy();
  }
  for (const [days, amount] of [[0, "-1234567.89"], [40, "-2345678.90"]] as const) {
    await anna.api("post", "/recurring", { amount, comment: long.note, starts_on: ago(days), unit: "month", article_id: food.id, financial_center_id: centers[0].id });
  }
  await anna.api("post", "/recurring", { target: "plan", amount: "12345678.90", starts_on: ago(1), unit: "month", article_id: leisure.id });
  return { food, under, month, centers };
}

for (const [language, locale] of [["en", "en-GB"], ["ru", "ru-RU"]] as const) {
  for (const height of [844, 510]) {
    test.describe(`${language} 390×${height}`, () => {
      const options = { locale, viewport: { width: 390, height }, hasTouch: true, isMobile: true };
      test.use(options);
      test.setTimeout(240_000);

      test("no text ends inside a word or a figure, on any page and in any form", async ({ browser, server, contextOptions }) => {
        const { anna, ben } = await found(browser, server, { ...contextOptions, ...options });
        const { food, under, month, centers } = await furnish(anna, ben, language);
        const { page } = anna;
        const cut: string[] = [];
        const looks = async (state: string) => {
          for (const text of await cutTexts(page)) cut.push(`${state}: ${text}`);
        };
        const open = async (path: string) => {
          await anna.open(path);
          await anna.synchronised();
        };
        await ben.open("/");
        await open("/");
        await looks("today");
        await page.locator("#add-amount").fill("12345678.90*2+1");
        for (const [select, id] of [["#add-article", food.id], ["#add-center", centers[0].id]]) {
          await page.locator(select).evaluate((select: HTMLSelectElement, id) => {
            select.value = id;
            select.dispatchEvent(new Event("change", { bubbles: true }));
          }, id);
        }
        await page.locator("#add-amount").focus();
        await expect(page.locator("#add-after")).toContainText("→");
        await looks("an amount that is worked out");
        await page.locator(".behind").tap();
        await page.locator("#add-comment").fill(LONG[language].note);
        await looks("the sheet");
        await page.locator(".sheet-done").tap();
        await page.locator("#add-amount").fill("");
        await page.locator(".badge").tap();
        await looks("the connection");
        await page.keyboard.press("Escape");
        for (const [at, form] of [[0, "dialog.group[open]"], [1, "dialog.group[open]"]] as const) {
          await open("/");
          await page.locator(".row").nth(at).click();
          await expect(page.locator(form).first()).toBeVisible();
          await looks(`the dialog of row ${at}`);
        }
        await open("/");
        await page.locator(".row").nth(3).click();
        await expect(page.locator(".editor")).toBeVisible();
        await looks("a row that is edited");
        await page.locator("#edit-amount").fill("1 2");
        await page.locator(".editor button[type=submit]").click();
        await expect(page.locator("#edit-amount-error")).not.toBeEmpty();
        await looks("a row that is refused");
        await page.locator("#edit-amount").fill("-7654321.09");
        const { items } = await anna.api<{ items: { id: string; group?: unknown; financial_center_id: string }[] }>("get", "/facts?limit=50");
        for (const row of items.filter((row) => !row.group && row.financial_center_id === centers[0].id)) await ben.api("patch", `/facts/${row.id}`, { amount: "-8765432.10", comment: "other" });
        const { seq } = await anna.api<{ seq: number }>("get", "/snapshot");
        await expect(page.locator("#connection")).toContainText(new RegExp(`\\b${String(seq).replace(/\B(?=(\d{3})+$)/g, ".?")}\\b`));
        await page.locator(".editor button[type=submit]").click();
        await expect(page.locator(".editor .conflict")).toBeVisible();
        await looks("two versions");

        await forgetTyped(page);
        await open("/");
        await page.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }), { times: 1 });
        await page.locator("#add-amount").fill("7654321.09");
        await page.locator(".chip").first().tap();
        await expect(page.locator(".row-refused")).toBeVisible();
        await page.route(writes, lose);
        await page.locator("#add-amount").fill("6543210.98");
        await page.locator(".chip").first().tap();
        await expect(page.locator(".row .row-saving").first()).toBeVisible();
        await looks("refused and waiting rows");
        await page.locator(".badge").tap();
        await looks("what waits and what was refused");
        await page.keyboard.press("Escape");
        await page.locator(".expected li button").nth(1).tap();
        await expect(page.locator(".toasts .toast")).toBeVisible();
        await looks("an offer to undo");
        await page.unroute(writes);

        await open("/plan");
        await expect(page.locator(`#plan-${food.id}-${month}`)).not.toHaveValue("");
        await looks("the plan");
        await page.locator(".plan-tools button").first().tap();
        await expect(page.locator(".plan-said, .question").first()).toBeVisible();
        await looks("last month's plan");
        await page.locator(`#plan-${under.id}-${month}`).fill("much");
        await page.locator(`#plan-${under.id}-${month}`).press("Enter");
        await expect(page.locator(".plan-cell .field-error")).toBeVisible();
        await looks("a plan that is refused");

        await open("/household");
        await looks("household");
        await page.locator("button.plain-row").first().tap();
        await page.locator("#article-into").selectOption({ index: 2 });
        await expect(page.locator(".row-form .question")).toBeVisible();
        await looks("a category");
        await open("/household");
        await page.locator("section[aria-labelledby=centers-title] button.plain-row").first().tap();
        await page.locator("#center-statement").fill("-123456789.01");
        await page.locator(".row-form summary").tap();
        await expect(page.locator(".history-line")).toBeVisible();
        await looks("an account");
        await open("/household");
        await page.locator("section[aria-labelledby=recurring-title] button.plain-row").first().tap();
        await expect(page.locator(".row-form")).toBeVisible();
        await looks("a recurring entry");
        await open("/household");
        for (const section of ["articles", "centers", "recurring"]) await page.locator(`section[aria-labelledby=${section}-title] > button.button-outline`).tap();
        await expect(page.locator(".row-form")).toHaveCount(3);
        await looks("new rows");
        await open("/household");
        const people = page.locator("section[aria-labelledby=members-title]");
        await people.locator(".button-outline").tap();
        await expect(page.locator(".qr")).toBeVisible();
        await looks("an invitation");
        for (let at = 0; at < (await people.locator(".deeds button").count()); at += 1) {
          await open("/household");
          await people.locator(".deeds button").nth(at).tap();
          await expect(people.locator(".question")).toBeVisible();
          await looks(`a question about a member: ${at}`);
        }
        await page.goto(`${server.url}/settings`);
        await looks("settings");
        for (const path of ["/sign-in", "/register", `/demo/${randomUUID()}${randomUUID()}`.slice(0, 46)]) {
          const stranger = await browser.newContext({ ...contextOptions, ...options });
          const door = await stranger.newPage();
          await door.goto(server.url + path);
          for (const text of await cutTexts(door)) cut.push(`${path}: ${text}`);
          await stranger.close();
        }
        await open("/");
        await anna.api("post", "/auth/logout");
        await expect(page.locator("dialog[open] #again-email")).toBeVisible();
        await looks("signed out");
        expect(cut).toEqual([]);
        await anna.context.close();
        await ben.context.close();
      });
    });
  }
}
