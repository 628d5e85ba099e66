import type { Locator } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { back, deletedMeanwhile, editor, facts, lose, revise, splitOfTwo, waits, writes } from "../support/writes";

const save = (form: Locator) => form.getByRole("button", { name: "Save", exact: true });

/** Whether nothing lies over its middle. */
const isOnTop = (button: Locator) =>
  button.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });

/** The choice has the focus, its buttons can be pressed, and there is no button beside them that only asks again. */
async function mustBeDecided(form: Locator, choice: string, ...buttons: string[]): Promise<void> {
  await expect(form.locator(choice)).toBeFocused();
  await expect(save(form)).toBeHidden();
  for (const name of buttons) await expect.poll(() => isOnTop(form.getByRole("button", { name })), name).toBe(true);
}

/** A transaction of 3.30, of Ben's. */
async function records(ben: Person): Promise<void> {
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const [center] = (await ben.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const article_id = items.find((row) => row.name === "Groceries")?.id;
  await ben.api("post", "/facts", { amount: "-3.30", article_id, financial_center_id: center.id, comment: "shared" });
}

async function changes(anna: Person): Promise<void> {
  const [{ id }] = await facts(anna);
  await anna.api("patch", `/facts/${id}`, { amount: "-3.36" });
}

for (const [size, viewport] of [["a phone", { width: 390, height: 844 }], ["a phone with its keyboard", { width: 390, height: 510 }], ["a desktop", { width: 1440, height: 900 }]] as const)
  test.describe(`on ${size}`, () => {
    test.use({ viewport });

    test("two versions of a row are decided in place of saving, which would only ask again", async ({ household: { anna, ben } }, info) => {
      await records(ben);
      await ben.openLive();
      await ben.rows("shared").getByRole("button").click();
      await editor(ben).getByLabel("Amount").fill("-3.35");
      await changes(anna);
      await expect(ben.page.locator(".day-total").first()).toContainText("−3.36");
      await save(editor(ben)).click();
      await mustBeDecided(editor(ben), ".conflict", "Keep mine", "Keep Anna's");
      await pictures(ben.page, info, "choice");
      // A key that saves leads to the choice.
      await editor(ben).getByLabel("Note").press("Enter");
      await mustBeDecided(editor(ben), ".conflict", "Keep mine", "Keep Anna's");
      await editor(ben).getByRole("button", { name: "Keep mine" }).click();
      await expect.poll(async () => (await facts(anna)).map((fact) => fact.amount)).toEqual(["-3.35"]);
    });

    test("both versions of a refused change are in view when they are looked at", async ({ household: { anna, ben } }) => {
      await ben.openLive();
      await records(ben);
      await ben.page.route(writes, lose);
      await revise(ben, "shared", { Amount: "-3.35" });
      await expect(waits(ben, "shared")).toBeVisible();
      // Ben's list shows his own amount for as long as it waits.
      await changes(anna);
      await back(ben);
      await ben.rows("shared").getByRole("button", { name: "Look at both" }).click();
      await mustBeDecided(editor(ben), ".conflict", "Keep mine", "Keep Anna's");
    });

    test("what was deleted meanwhile is restored by the button in the place of the one that saves", async ({ household: { anna, ben } }, info) => {
      // Entered where the fields are beside each other.
      await anna.page.setViewportSize({ width: 1440, height: 900 });
      const id = await deletedMeanwhile(anna, ben, "contested");
      await anna.page.setViewportSize(viewport);
      await back(anna);
      await anna.rows("contested").getByRole("button", { name: "Correct" }).click();
      await mustBeDecided(editor(anna), ".decision", "Restore with my change");
      await pictures(anna.page, info, "gone");
      await editor(anna).getByRole("button", { name: "Restore with my change" }).click();
      await expect.poll(async () => (await facts(ben)).map((fact) => fact.id)).toEqual([id]);
    });

    test("two versions of a split are decided within its dialog, which opens with its heading", async ({ household: { anna, ben } }, info) => {
      const id = await splitOfTwo(ben);
      await ben.openLive();
      await ben.rows("Groceries, Clothes").getByRole("button").click();
      const dialog = ben.page.getByRole("dialog", { name: "Split" });
      await expect(dialog.getByRole("heading", { name: "Split" })).toBeInViewport({ ratio: 1 });
      await pictures(ben.page, info, "split");
      await dialog.getByLabel("Amount").first().fill("-40");
      await dialog.getByLabel("Note").first().fill("market");
      const now = await anna.api<{ facts: { id: string; article_id: string; financial_center_id: string; amount: string }[] }>("get", `/splits/${id}`);
      const parts = now.facts.map(({ id, article_id, amount }) => ({ id, article_id, amount: amount === "-20.00" ? "-30" : amount }));
      // A part without an amount is refused, with the words in view.
      await dialog.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("x");
      await save(dialog).click();
      const refused = dialog.getByRole("group", { name: "Part 2" }).locator(".field-error:not(:empty)");
      await expect.poll(() => isOnTop(refused)).toBe(true);
      await pictures(ben.page, info, "refused");
      await dialog.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-30");
      await anna.api("put", `/splits/${id}`, { financial_center_id: now.facts[0].financial_center_id, parts });
      await expect(ben.page.locator(".day-total").first()).toContainText("−40.00");
      await save(dialog).click();
      await mustBeDecided(dialog, ".conflict", "Keep mine", "Keep Anna's");
      await pictures(ben.page, info, "versions");
    });
  });
