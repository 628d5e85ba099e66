import { expect, type Person, test } from "../support/fixtures";
import { back, editor, facts, lose, revise, writes } from "../support/writes";

const popover = ({ page }: Person) => page.locator("#connection");

async function openPopover({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: /Connection/ }).click();
}

test("the popover says of a refused change and of a refused deletion what their rows say", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  for (const note of ["milk", "bread"]) await anna.add("5", "Groceries", note);
  await expect(anna.rows("saving…")).toHaveCount(0);
  await anna.page.route(writes, lose);
  await revise(anna, "milk", { Amount: "-6" });
  await anna.rows("bread").getByRole("button").click();
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  for (const fact of await facts(ben)) await ben.api("patch", `/facts/${fact.id}`, { amount: "-7" });
  await back(anna);
  await expect(anna.rows("bread").getByRole("alert")).toContainText("Not deleted");
  await expect(anna.rows("milk").getByRole("alert")).toContainText("Not saved");
  await openPopover(anna);
  const deletion = popover(anna).getByRole("listitem").filter({ hasText: "Not deleted" });
  const change = popover(anna).getByRole("listitem").filter({ hasText: "Not saved" });
  for (const [said, note, buttons] of [[deletion, "bread", ["Delete anyway", "Leave it"]], [change, "milk", ["Look at both", "Discard"]]] as const) {
    await expect(said.getByRole("button")).toHaveText([...buttons]);
    await expect(anna.rows(note).getByRole("alert").getByRole("button")).toHaveText([...buttons]);
  }
  await change.getByRole("button", { name: "Look at both" }).click();
  await expect(popover(anna)).toBeHidden();
  await expect(editor(anna).locator(".conflict")).toContainText("−7.00");
  await expect(editor(anna).locator(".conflict")).toContainText("−6.00");
});

test("a refused change of a transaction is corrected from the popover of another page", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "both");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await anna.page.route(writes, lose);
  await revise(anna, "both", { Amount: "-6" });
  await anna.page.getByRole("link", { name: "Plan" }).click();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  await openPopover(anna);
  await popover(anna).getByRole("link", { name: "Look at both" }).click();
  const conflict = editor(anna).locator(".conflict");
  await expect(conflict).toContainText("−7.00");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await facts(ben)).map((fact) => fact.amount)).toEqual(["-6.00"]);
});

test("a refused change of an account is corrected from the popover of another page", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await anna.live();
  await anna.page.route(writes, lose);
  const form = anna.page.getByRole("form", { name: "Edit the account" });
  await anna.page.getByRole("button", { name: /^Card/ }).click();
  await form.getByLabel("Name").fill("Bank card");
  await form.getByRole("button", { name: "Save" }).click();
  await anna.page.getByRole("link", { name: "Today" }).click();
  const card = (await ben.api<{ items: { id: string; name: string }[] }>("get", "/financial-centers")).items.find((row) => row.name === "Card");
  await ben.api("patch", `/financial-centers/${card?.id}`, { name: "Debit card" });
  await back(anna);
  await openPopover(anna);
  await popover(anna).getByRole("link", { name: "Look at both" }).click();
  await expect(form.getByLabel("Name")).toHaveValue("Bank card");
  await expect(form.locator(".conflict")).toContainText("Debit card");
  await form.locator(".conflict").getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(async () => (await ben.api<{ name: string }>("get", `/financial-centers/${card?.id}`)).name).toBe("Bank card");
});

test("the focus stays on the page when the offer to undo that has it ends", async ({ household: { anna } }) => {
  await anna.page.clock.install();
  await anna.openLive();
  for (const note of ["first", "second"]) await anna.add("5", "Groceries", note);
  for (const note of ["first", "second"]) {
    await anna.rows(note).getByRole("button").focus();
    await anna.page.keyboard.press("Enter");
    await editor(anna).getByRole("button", { name: "Delete" }).focus();
    await anna.page.keyboard.press("Enter");
    await expect(anna.rows(note)).toHaveCount(0);
    if (note === "first") await anna.page.clock.runFor(5_000);
  }
  const offers = anna.page.locator(".toast").getByRole("button", { name: "Undo" });
  await expect(offers).toHaveCount(2);
  await offers.first().focus();
  await anna.page.clock.runFor(6_000);
  await expect(offers, "the first is older than ten seconds, and stays with the last").toHaveCount(2);
  await expect(offers.first()).toBeFocused();
  await anna.page.clock.runFor(6_000);
  await expect(offers).toHaveCount(0);
  await expect(anna.page.locator("#main")).toBeFocused();
});
