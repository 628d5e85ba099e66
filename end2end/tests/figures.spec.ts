import type { Page } from "@playwright/test";
import { expect, found, type Person, test } from "../support/fixtures";

const most = "99999999999.99";
/** A name of the maximum length without a place to break. */
const long = (start: string) => (start + "W".repeat(80)).slice(0, 80);

/** A household with the longest names and the largest amounts in every place. */
async function extremes(anna: Person, ben: Person): Promise<{ articles: string[]; centers: string[]; month: string; today: string }> {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const on = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const id = async (path: string, row: object) => (await anna.api<{ id: string }>("post", path, row)).id;
  for (const person of [anna, ben]) {
    const { member } = await person.api<{ member: { id: string } }>("get", "/auth/me");
    await person.api("patch", `/members/${member.id}`, { name: long(person.name) });
  }
  await anna.api("patch", "/household", { name: long("Household") });
  const centers = [
    await id("/financial-centers", { name: long("Savings"), opening_balance: most }),
    await id("/financial-centers", { name: long("Debt"), opening_balance: `-${most}` }),
    await id("/financial-centers", { name: "An account of thirty-seven characters", currency: "KZT", opening_balance: `-${most}` }),
    await id("/financial-centers", { name: long("Closed"), archived: true, opening_balance: `-${most}` }),
  ];
  const top = await id("/articles", { name: long("Food"), kind: "expense" });
  const articles = [
    top,
    await id("/articles", { name: long("Below"), kind: "expense", parent_id: top }),
    await id("/articles", { name: long("Wages"), kind: "income" }),
  ];
  const note = `${long("Note")} #${"t".repeat(30)}`;
  const fact = (amount: string, article: string, center: string) =>
    anna.api("post", "/facts", { amount, article_id: article, financial_center_id: center, date: today, comment: note });
  await fact(`-${most}`, articles[1], centers[0]);
  await fact(`-${most}`, articles[0], centers[1]);
  await fact(`-${most}`, articles[0], centers[2]);
  await fact(`+${most}`, articles[2], centers[0]);
  await ben.api("post", "/facts", { amount: "-119190", article_id: articles[0], financial_center_id: centers[0], date: today });
  await anna.api("post", "/transfers", { from_financial_center_id: centers[0], to_financial_center_id: centers[2], amount: most, to_amount: most, date: today, comment: note });
  const part = (article: string) => ({ article_id: article, amount: `-${most}`, comment: note });
  await anna.api("post", "/splits", { financial_center_id: centers[1], parts: [part(articles[0]), part(articles[1])], date: today });
  for (const days of [-1, 1]) {
    await anna.api("post", "/recurring", { amount: `-${most}`, comment: note, starts_on: on(days), unit: "year", article_id: articles[0], financial_center_id: centers[2] });
  }
  const month = today.slice(0, 7);
  for (const article of articles) {
    const set = await anna.request.put(`${anna.server.url}/api/v1/plans/${article}/${month}`, { data: { amount: most } });
    expect(set.ok()).toBeTruthy();
  }
  return { articles, centers, month, today };
}

/** Figures that are not completely visible: cut by their own box, by an ancestor, or by the screen. */
async function cutFigures(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    const page = document.documentElement;
    if (page.scrollWidth > window.innerWidth) found.push(`the page is ${page.scrollWidth} px wide`);
    const name = (element: Element) => `${element.tagName}.${element.className}: ${element.textContent || (element as HTMLInputElement).value}`;
    for (const element of document.querySelectorAll<HTMLElement>(".num, .figure-line b, .toast span, .after, .expected-row .row-second > span:first-child")) {
      // A figure that is being typed scrolls with its caret; its result is shown below.
      if (!element.checkVisibility() || element.closest(".visually-hidden, option") || element.matches("#add-amount")) continue;
      const text = element instanceof HTMLInputElement ? element.value : (element.textContent ?? "");
      // The day of an expected row may be a word without a digit.
      if (!/\d/.test(text) && !element.closest(".row-second")) continue;
      // Scrolls down to it, but never sideways: a person would not notice that a figure continues there.
      window.scrollBy({ top: element.getBoundingClientRect().top - window.innerHeight / 2, behavior: "instant" });
      if (getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth) found.push(`cut by itself: ${name(element)}`);
      let box = element.getBoundingClientRect();
      if (!(element instanceof HTMLInputElement)) {
        const range = document.createRange();
        range.selectNodeContents(element);
        box = range.getBoundingClientRect();
      }
      if (box.left < -0.5 || box.right > window.innerWidth + 0.5) found.push(`beside the screen: ${name(element)}`);
      for (let around = element.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX === "visible" || around === document.body || around === page) continue;
        const clip = around.getBoundingClientRect();
        if (box.left < clip.left - 0.5 || box.right > clip.right + 0.5) found.push(`cut by ${around.className}: ${name(element)}`);
      }
    }
    // No figure may overlap another one.
    const cells = [...document.querySelectorAll<HTMLElement>(".plan-table td, .row-amount, .day-total, .balance dd")].filter((cell) => cell.checkVisibility());
    for (const cell of cells) {
      const range = document.createRange();
      range.selectNodeContents(cell);
      const [inner, outer] = [range.getBoundingClientRect(), cell.getBoundingClientRect()];
      if (inner.width > 0 && (inner.left < outer.left - 0.5 || inner.right > outer.right + 0.5)) found.push(`out of its place: ${name(cell)}`);
    }
    return found;
  });
}

const whole = async (page: Page, state: string) => expect(await cutFigures(page), state).toEqual([]);

for (const width of [320, 390, 768, 1024, 1280, 1440]) {
  test(`no figure is cut at ${width} px, whatever is next to it`, async ({ browser, server }) => {
    test.setTimeout(120_000);
    const touch = width < 700;
    const { anna, ben } = await found(browser, server, { locale: "en-GB", viewport: { width, height: 900 }, hasTouch: touch, isMobile: touch });
    const { articles, centers, month, today } = await extremes(anna, ben);
    const { page } = anna;
    await anna.openLive();
    await whole(page, "today");
    for (const [at, name] of [[0, "a split"], [1, "a transfer"]] as const) {
      await page.locator(".row").nth(at).click();
      await expect(page.locator("dialog.group[open]")).toBeVisible();
      await whole(page, name);
      await page.keyboard.press("Escape");
      await expect(page.locator("dialog.group[open]")).toHaveCount(0);
    }
    await page.locator(".row").nth(3).click();
    await expect(page.locator(".editor")).toBeVisible();
    await whole(page, "a row that is edited");
    await page.locator(".editor .button-danger").click();
    await expect(page.locator(".toast")).toBeVisible();
    await whole(page, "a deleted row");

    await anna.openLive();
    await page.locator("#add-amount").fill(`${most}+0`);
    await page.locator("#add-article").evaluate((select: HTMLSelectElement, id) => { select.value = id; select.dispatchEvent(new Event("change", { bubbles: true })); }, articles[0]);
    await page.locator("#add-amount").focus();
    await expect(page.locator("#add-after")).toContainText("=");
    await whole(page, "an amount that is worked out");

    // A plan is used up while the page is open.
    const later = (await anna.api<{ id: string }>("post", "/articles", { name: long("Later"), kind: "expense" })).id;
    await anna.openLive();
    const put = await anna.request.put(`${server.url}/api/v1/plans/${later}/${month}`, { data: { amount: most } });
    expect(put.ok()).toBeTruthy();
    for (const amount of [most, most]) await ben.api("post", "/facts", { amount: `-${amount}`, article_id: later, financial_center_id: centers[0], date: today });
    await expect(page.locator(".notices .toast").first()).toBeVisible();
    await whole(page, "a plan that is used up");

    await anna.open("/plan");
    await anna.live();
    await expect(page.locator(`#plan-${articles[0]}-${month}`)).not.toHaveValue("");
    await whole(page, "the plan");

    await anna.open("/household");
    await anna.live();
    await whole(page, "household");
    await page.locator("section[aria-labelledby=centers-title] button.plain-row").first().click();
    await page.locator("#center-statement").fill("-1");
    await page.locator(".row-form summary").click();
    await expect(page.locator(".history-line")).toBeVisible();
    await whole(page, "an account beside its statement, and its history");
    await anna.context.close();
    await ben.context.close();
  });
}

for (const [figure, width, months] of [["119190", 1280, 3], ["119190", 1024, 3], ["1119190", 1280, 2], ["9999", 1024, 3], ["9999", 390, 1], ["119190", 320, 1], ["1119190", 390, 1], ["1119190", 360, 1]] as const) {
  test(`${figure} overspent is completely visible in the plan at ${width} px, with as many months as fit`, async ({ browser, server }) => {
    const { anna, ben } = await found(browser, server, { viewport: { width, height: 900 } });
    const articles = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
    const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
    const { today } = await anna.api<{ today: string }>("get", "/snapshot");
    await anna.request.put(`${server.url}/api/v1/plans/${articles[0].id}/${today.slice(0, 7)}`, { data: { amount: "1" } });
    await anna.api("post", "/facts", { amount: `-${Number(figure) + 1}`, article_id: articles[0].id, financial_center_id: center.id, date: today });
    await anna.open("/plan");
    await anna.live();
    await expect(anna.page.locator(".plan-table td.over").first()).toBeVisible();
    await whole(anna.page, "the plan");
    await expect(anna.page.locator(".month-name").filter({ visible: true })).toHaveCount(width < 720 ? 0 : months);
    await anna.context.close();
    await ben.context.close();
  });
}
