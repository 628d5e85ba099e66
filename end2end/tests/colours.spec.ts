import type { Locator } from "@playwright/test";
import { Book } from "../support/book";
import { expect, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { back, lose, waits, writes } from "../support/writes";

/** A colour of an element. */
const colour = (element: Locator, name = "color") => element.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), name);
const DANGER = { light: "rgb(179, 38, 30)", dark: "rgb(255, 138, 128)" } as const;

test("red is what was refused: the badge says it, and neither what waits nor what is due does", async ({ household: { anna, ben } }, info) => {
  const { articles } = await Book.of(anna);
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const ago = new Date(Date.parse(today) - 3 * 86_400_000).toISOString().slice(0, 10);
  await anna.api("post", "/recurring", { amount: "-9", article_id: articles.get("Gifts"), financial_center_id: center.id, starts_on: ago, unit: "month", times: 1 });
  await anna.openLive();
  const dot = anna.page.locator(".badge-dot");
  const live = await colour(dot, "background-color");
  await anna.page.route(writes, lose);
  await anna.add("5", "Groceries", "bread");
  await expect(waits(anna, "bread")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await anna.page.emulateMedia({ colorScheme });
    for (const calm of [anna.page.locator(".expected-row .late"), waits(anna, "bread")]) expect(await colour(calm)).not.toBe(DANGER[colorScheme]);
    expect(await colour(dot, "background-color")).not.toBe(DANGER[colorScheme]);
  }
  await pictures(anna.page, info, "waits");
  await ben.api("patch", `/articles/${articles.get("Groceries")}`, { archived: true });
  await back(anna);
  await expect(anna.rows("bread").getByRole("alert")).toBeVisible();
  await expect(anna.page.getByRole("button", { name: /Connection/ })).toContainText("1 not saved");
  for (const colorScheme of ["light", "dark"] as const) {
    await anna.page.emulateMedia({ colorScheme });
    await expect.poll(() => colour(dot, "background-color")).toBe(DANGER[colorScheme]);
  }
  await pictures(anna.page, info, "refused");
  await anna.page.emulateMedia({ colorScheme: null });
  await anna.rows("bread").getByRole("button", { name: "Discard" }).click();
  await expect.poll(() => colour(dot, "background-color")).toBe(live);
});
