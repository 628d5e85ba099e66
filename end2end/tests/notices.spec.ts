import type { Page } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

/** The buttons of open forms that are covered by a notice, wherever the page is scrolled. */
function covered(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
    const tabs = document.querySelector(".tabs")?.getBoundingClientRect();
    // On a desktop the tabs are in the bar.
    const end = tabs && tabs.top > bar ? tabs.top : innerHeight;
    for (let top = 0; top <= document.documentElement.scrollHeight - innerHeight + 4; top += 4) {
      document.documentElement.scrollTop = top;
      for (const button of document.querySelectorAll<HTMLElement>(".editor-buttons button")) {
        const box = button.getBoundingClientRect();
        for (const toast of document.querySelectorAll<HTMLElement>(".toast")) {
          const over = toast.getBoundingClientRect();
          if (over.height === 0 || box.height === 0) continue;
          // What is behind the bar or the tabs cannot be seen anyway.
          const [from, to] = [Math.max(box.top, over.top, bar), Math.min(box.bottom, over.bottom, end)];
          const beside = box.right <= over.left || box.left >= over.right;
          if (!beside && to - from > 2) found.add(`${button.innerText}, scrolled to ${top}`);
        }
      }
    }
    return [...found];
  });
}

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

for (const [width, height] of [[390, 844], [390, 510], [1440, 900]]) {
  const touch = width < 700;
  test.describe(`${width}×${height}`, () => {
    test.use({ viewport: { width, height }, hasTouch: touch, isMobile: touch });

    test("no notice covers a button of an open form", async ({ household: { anna, ben } }) => {
      const { today } = await anna.api<{ today: string }>("get", "/snapshot");
      const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
      const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
      const groceries = articles.find((row) => row.name === "Groceries")?.id;
      expect((await anna.request.put(`${anna.server.url}/api/v1/plans/${groceries}/${today.slice(0, 7)}`, { data: { amount: "100" } })).ok()).toBeTruthy();
      for (const comment of ["first", "second", ...Array.from({ length: 12 }, (_, at) => `row ${at}`)]) {
        await anna.api("post", "/facts", { amount: "-0.10", article_id: groceries, financial_center_id: center.id, comment });
      }
      // The offers and the notice stay as long as this takes.
      await anna.page.addInitScript(() => {
        const begin = window.setTimeout.bind(window);
        window.setTimeout = ((then: TimerHandler, after = 0) => begin(then, after >= 10_000 ? 2 ** 30 : after)) as typeof window.setTimeout;
      });
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

      await anna.page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Household" }).focus();
      await anna.page.keyboard.press("Enter");
      await anna.page.getByRole("button", { name: "Groceries", exact: true }).focus();
      await anna.page.keyboard.press("Enter");
      await expect(anna.page.getByRole("form", { name: "Edit the category" })).toBeVisible();
      await expect(anna.page.locator(".toasts .toast").last()).toBeVisible();
      expect(await covered(anna.page), "a category").toEqual([]);
      await anna.page.getByRole("form", { name: "Edit the category" }).getByRole("button", { name: "Cancel" }).click();
      // Then both are where they were.
      await expect(anna.page.locator(".toasts .toast").filter({ visible: true })).toHaveCount(2);
    });
  });
}
