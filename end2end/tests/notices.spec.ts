import type { Page } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";
import { pictures } from "../support/pictures";

/** The controls that are covered by a notice, wherever the page is scrolled: the buttons of open forms, unless others are named. */
function covered(page: Page, controls = ".editor-buttons button"): Promise<string[]> {
  return page.evaluate((controls) => {
    const found = new Set<string>();
    const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const tabs = document.querySelector(".tabs")?.getBoundingClientRect();
    // On a desktop the tabs are in the bar.
    const end = tabs && tabs.top > bar ? tabs.top : innerHeight;
    for (let top = 0; top <= document.documentElement.scrollHeight - innerHeight + 4; top += 4) {
      document.documentElement.scrollTop = top;
      for (const button of document.querySelectorAll<HTMLElement>(controls)) {
        const box = button.getBoundingClientRect();
        for (const toast of document.querySelectorAll<HTMLElement>(".toast")) {
          const over = toast.getBoundingClientRect();
          if (over.height === 0 || box.height === 0) continue;
          // What is behind the bar or the tabs cannot be seen anyway.
          const [from, to] = [Math.max(box.top, over.top, bar), Math.min(box.bottom, over.bottom, end)];
          const beside = box.right <= over.left || box.left >= over.right;
          if (!beside && to - from > 2) found.add(`${button.innerText || button.id}, scrolled to ${top}`);
        }
      }
    }
    return [...found];
  }, controls);
}

/** Plans an amount for a category in the household's month. */
async function plan(person: Person, name: string, amount: string): Promise<{ article_id?: string; financial_center_id: string }> {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const articles = (await person.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const [center] = (await person.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const article_id = articles.find((row) => row.name === name)?.id;
  expect((await person.request.put(`${person.server.url}/api/v1/plans/${article_id}/${today.slice(0, 7)}`, { data: { amount } })).ok()).toBeTruthy();
  return { article_id, financial_center_id: center.id };
}

/** Notices and offers stay as long as the test takes. */
const stay = ({ page }: Person) =>
  page.addInitScript(() => {
    const begin = window.setTimeout.bind(window);
    window.setTimeout = ((then: TimerHandler, after = 0) => begin(then, after >= 10_000 ? 2 ** 30 : after)) as typeof window.setTimeout;
  });

/** Deletes two rows, and uses up a plan: two offers and a notice. */
async function twoOffersAndANotice(anna: Person, ben: Person): Promise<void> {
  const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const groceries = articles.find((row) => row.name === "Groceries")?.id;
  for (const note of ["first", "second"]) {
    // By keyboard: an offer may be over the row, which a person scrolls.
    await anna.rows(note).getByRole("button").focus();
    await anna.page.keyboard.press("Enter");
    await anna.page.getByRole("form", { name: "Edit the transaction" }).getByRole("button", { name: "Delete" }).focus();
    await anna.page.keyboard.press("Enter");
    await expect(anna.rows(note)).toHaveCount(0);
  }
  await ben.api("post", "/facts", { amount: "-95", article_id: groceries, financial_center_id: center.id, comment: "used up" });
  await expect(anna.page.locator(".notices .toast")).toBeVisible();
  await expect(anna.page.locator(".toasts .toast").last()).toBeVisible();
}

/** Opens the form of a transaction while two offers and a notice stand. */
async function openForm(anna: Person, ben: Person): Promise<void> {
  const groceries = await plan(anna, "Groceries", "100");
  for (const comment of ["first", "second", ...Array.from({ length: 12 }, (_, at) => `row ${at}`)]) {
    await anna.api("post", "/facts", { amount: "-0.10", ...groceries, comment });
  }
  await stay(anna);
  await anna.openLive();
  await twoOffersAndANotice(anna, ben);
  await anna.rows("row 3").getByRole("button").focus();
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.getByRole("form", { name: "Edit the transaction" })).toBeVisible();
  await expect(anna.page.locator(".toasts .toast").last()).toBeVisible();
  expect(await covered(anna.page), "a transaction").toEqual([]);
  await expect(anna.page.locator(".toasts .toast").last().getByRole("button", { name: "Undo" }), "it can be pressed").toBeInViewport();
  await anna.page.locator(".toasts .toast").last().getByRole("button", { name: "Undo" }).click({ trial: true });
  await anna.page.locator(".notices .toast").last().getByRole("button", { name: "Close" }).click({ trial: true });
}

for (const [width, height] of [[390, 844], [390, 510], [1440, 900]]) {
  const touch = width < 700;
  test.describe(`${width}×${height}`, () => {
    test.use({ viewport: { width, height }, hasTouch: touch, isMobile: touch });

    for (const [path, name, controls] of [
      ["/", "Groceries", ".quick-add button, .quick-add input, .quick-add select"],
      ["/plan", "Clothes", "main button, main input"],
      ["/household", "Gifts", "main button, main input"],
    ]) {
      test(`no notice covers a control of ${path}`, async ({ household: { anna, ben } }) => {
        const row = await plan(anna, name, "100");
        await stay(anna);
        await anna.open(path);
        await anna.live();
        for (const amount of ["-95", "-10"]) {
          await ben.api("post", "/facts", { amount, ...row });
          await expect(anna.page.locator(".notices .toast").last()).toContainText(amount === "-95" ? "95 %" : "105 %");
          await expect(anna.page.locator(".notices .toast").last()).toBeInViewport({ ratio: 1 });
          expect(await covered(anna.page, controls)).toEqual([]);
        }
        // Nor the badge of the connection, where there is room beside it.
        if (!touch) await anna.page.locator(".badge").click({ trial: true });
        await anna.page.locator(".notices .toast").last().getByRole("button", { name: "Close" }).press("Enter");
        await expect(anna.page.locator(".notices .toast")).toHaveCount(1);
      });
    }

    test("one press closes a notice or takes a deletion back while an amount is typed", async ({ household: { anna, ben } }) => {
      const groceries = await plan(anna, "Groceries", "100");
      for (const comment of ["first", "second"]) await anna.api("post", "/facts", { amount: "-0.10", ...groceries, comment });
      await stay(anna);
      await anna.openLive();
      await twoOffersAndANotice(anna, ben);
      const press = (name: string) => {
        const button = anna.page.locator(".toast").filter({ visible: true }).getByRole("button", { name }).last();
        return touch ? button.tap() : button.click();
      };
      const amount = anna.page.locator("#add-amount");
      await amount.focus();
      await amount.fill("12.50");
      await press("Close");
      await expect(anna.page.locator(".notices .toast")).toHaveCount(0);
      await expect(amount, "the keyboard stays open").toBeFocused();
      await press("Undo");
      await expect(anna.rows("second")).toBeVisible();
      await expect(amount).toBeFocused();
      await expect(amount).toHaveValue("12.50");
    });

    test("no notice covers a button of an open form", async ({ household: { anna, ben } }) => {
      await openForm(anna, ben);
      await anna.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Household" }).focus();
      await anna.page.keyboard.press("Enter");
      await anna.page.getByRole("button", { name: "Groceries", exact: true }).focus();
      await anna.page.keyboard.press("Enter");
      await expect(anna.page.getByRole("form", { name: "Edit the category" })).toBeVisible();
      await expect(anna.page.locator(".toasts .toast").last()).toBeVisible();
      expect(await covered(anna.page), "a category").toEqual([]);
      await anna.page.getByRole("form", { name: "Edit the category" }).getByRole("button", { name: "Cancel" }).click();
      // Then both are where they were; a phone shows the newest.
      await expect(anna.page.locator(".toasts .toast").filter({ visible: true })).toHaveCount(touch ? 1 : 2);
    });
  });
}

// There the bar has no room beside its links.
for (const width of [720, 999]) {
  test.describe(`${width}×900`, () => {
    test.use({ viewport: { width, height: 900 } });

    test("no notice covers a button of an open form, nor a link of the bar", async ({ household: { anna, ben } }, info) => {
      await openForm(anna, ben);
      await expect(anna.page.locator(".toast").filter({ visible: true })).toHaveCount(2);
      await pictures(anna.page, info, "form", [[width, 900]]);
      for (const link of await anna.page.getByRole("navigation", { name: "Main" }).getByRole("link").all()) await link.click({ trial: true });
      await anna.page.locator(".badge").click({ trial: true });
    });
  });
}
