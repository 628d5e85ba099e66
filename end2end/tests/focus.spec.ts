import type { Route } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";
import { back, editor, facts, lose, waits, writes } from "../support/writes";

/** Calls that arrive once they are let through. */
async function late({ page }: Person): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(writes, async (route: Route) => {
    await released;
    await route.continue();
  });
  return release;
}

const focused = ({ page }: Person) => page.evaluate(() => document.activeElement?.tagName);

const groceries = async (person: Person) => {
  const { items } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  return items.find((row) => row.name === "Groceries")?.id;
};

test("a row that was corrected before its entry is saved keeps the focus", async ({ household: { anna } }) => {
  await anna.openLive();
  const release = await late(anna);
  await anna.add("5", "Groceries", "first of its day");
  await anna.rows("first of its day").getByRole("button").focus();
  await anna.page.keyboard.press("Enter");
  await editor(anna).getByLabel("Amount").fill("-6");
  await anna.page.keyboard.press("Enter");
  await expect(editor(anna)).toHaveCount(0);
  const row = anna.rows("first of its day").getByRole("button").first();
  await expect(row).toBeFocused();
  release();
  await expect.poll(async () => (await facts(anna)).map((fact) => fact.amount)).toEqual(["-6.00"]);
  await expect(anna.rows("saving…")).toHaveCount(0);
  await expect(row).toBeFocused();
});

test("the focus goes to the next row when a refused entry is discarded, and to the page after the last one", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  for (const note of ["one", "two"]) {
    await anna.add("5", "Groceries", note);
    await expect(waits(anna, note)).toBeVisible();
  }
  await ben.api("patch", `/articles/${await groceries(ben)}`, { archived: true });
  await back(anna);
  for (const note of ["one", "two"]) await expect(anna.rows(note).getByRole("alert")).toBeVisible();
  await anna.rows("two").getByRole("button", { name: "Discard" }).focus();
  await anna.page.keyboard.press("Enter");
  await expect(anna.rows("two")).toHaveCount(0);
  await expect(anna.rows("one").getByRole("button").first()).toBeFocused();
  await anna.rows("one").getByRole("button", { name: "Discard" }).focus();
  await anna.page.keyboard.press("Enter");
  await expect(anna.rows("one")).toHaveCount(0);
  await expect.poll(() => focused(anna)).not.toBe("BODY");
});

test("the focus stays at a category that is sent again and refused again, and goes to the list when it is discarded", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await page.getByRole("link", { name: "Household" }).click();
  await page.route(writes, lose);
  const form = page.getByRole("form", { name: "Add a category" });
  await page.getByRole("button", { name: "Add a category" }).click();
  await form.getByLabel("Name").fill("Garden");
  await form.getByLabel("Parent category").selectOption({ label: "Groceries" });
  await form.getByRole("button", { name: "Save" }).click();
  await ben.api("delete", `/articles/${await groceries(ben)}`);
  await back(anna);
  const section = page.getByRole("region", { name: "Categories" });
  const row = section.getByRole("listitem").filter({ hasText: "Garden" });
  await expect(row.getByRole("alert")).toBeVisible();
  const again = await late(anna);
  await row.getByRole("button", { name: "Try again" }).focus();
  await page.keyboard.press("Enter");
  await expect(row.getByRole("alert")).toHaveCount(0);
  const here = () => row.evaluate((item) => item.contains(document.activeElement));
  await expect.poll(here).toBe(true);
  again();
  await expect(row.getByRole("alert")).toBeVisible();
  await expect.poll(here).toBe(true);
  await row.getByRole("button", { name: "Discard" }).focus();
  await page.keyboard.press("Enter");
  await expect(row).toHaveCount(0);
  await expect.poll(() => section.evaluate((list) => list.contains(document.activeElement))).toBe(true);
});

test("the last plan that can be undone leaves the focus on its button", async ({ household: { anna } }) => {
  await anna.open("/plan");
  await anna.live();
  await anna.page.getByLabel(/^Groceries, .*: plan$/).first().fill("100");
  const undo = anna.page.locator(".plan-tools").getByRole("button", { name: "Undo" });
  await expect(undo).toBeDisabled();
  await anna.page.keyboard.press("Enter");
  await expect(undo).toBeEnabled();
  await undo.focus();
  await anna.page.keyboard.press("Enter");
  await expect(undo).toBeDisabled();
  await anna.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await expect(undo).toBeFocused();
});

test("what is sent again from the popover gives the focus to the button that opened it", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("5", "Groceries", "sent twice");
  await expect(waits(anna, "sent twice")).toBeVisible();
  const id = await groceries(ben);
  await ben.api("patch", `/articles/${id}`, { archived: true });
  await back(anna);
  await expect(anna.rows("sent twice").getByRole("alert")).toBeVisible();
  await ben.api("patch", `/articles/${id}`, { archived: false });
  const badge = anna.page.getByRole("button", { name: /Connection/ });
  await badge.focus();
  await anna.page.keyboard.press("Enter");
  await anna.page.locator("#connection").getByRole("button", { name: "Try again" }).focus();
  await anna.page.keyboard.press("Enter");
  await expect.poll(async () => (await facts(ben)).length).toBe(1);
  await expect(badge).toBeFocused();
});
