import { expect, type Person, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { editor } from "../support/writes";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const offers = ({ page }: Person) => page.locator(".toasts .toast").filter({ visible: true });

async function deletes(anna: Person, note: string): Promise<void> {
  await anna.rows(note).getByRole("button").focus();
  await anna.page.keyboard.press("Enter");
  await editor(anna).getByRole("button", { name: "Delete" }).focus();
  await anna.page.keyboard.press("Enter");
  await expect(anna.rows(note)).toHaveCount(0);
}

test("on a phone one offer to undo is shown, and those behind it come after it", async ({ household: { anna } }, info) => {
  const { items } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const article_id = items.find((row) => row.name === "Groceries")?.id;
  for (const [at, comment] of ["first", "second", "third"].entries())
    await anna.api("post", "/facts", { amount: `-${at + 1}`, article_id, financial_center_id: center.id, comment });
  await anna.page.clock.install();
  await anna.openLive();
  await deletes(anna, "first");
  await expect(offers(anna)).toHaveText(/^Deleted\s*Undo$/);
  await anna.page.clock.runFor(6_000);
  await deletes(anna, "second");
  await deletes(anna, "third");
  await expect(offers(anna)).toHaveText(/Deleted: Groceries −3\.00\s*2 more\s*Undo/);
  await pictures(anna.page, info, "offer");
  // The first one is older than ten seconds by now, and stays with the last one.
  await anna.page.clock.runFor(6_000);
  for (const [note, next] of [["third", /Groceries −2\.00\s*1 more/], ["second", /^Deleted\s*Undo$/]] as const) {
    await offers(anna).getByRole("button", { name: "Undo" }).tap();
    await expect(anna.rows(note)).toHaveCount(1);
    await expect(offers(anna)).toHaveText(next);
  }
  await anna.page.clock.runFor(6_000);
  await expect(offers(anna)).toHaveCount(0);
});
