import type { Page } from "@playwright/test";
import { hasWorker, keepsBook, test } from "../support/phone";
import { expect, type Person } from "../support/fixtures";
import { comes, expectedRows } from "../support/recurring";
import { editor, facts, waits } from "../support/writes";

const badge = (page: Page) => page.getByRole("button", { name: /Connection/ });
const onDevice = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });

async function splits({ page }: Person): Promise<void> {
  const quick = page.getByRole("form", { name: "Add a transaction" });
  await quick.getByLabel("Amount").fill("86.40");
  await quick.getByRole("button", { name: "Split…" }).click();
  const form = page.getByRole("dialog", { name: "Split" });
  const part = (number: number) => form.getByRole("group", { name: `Part ${number}`, exact: true });
  await part(1).getByLabel("Category").selectOption({ label: "Groceries" });
  await part(1).getByLabel("Amount").fill("50");
  await part(2).getByLabel("Category").selectOption({ label: "Clothes" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form).toBeHidden();
}

for (const how of ["is reloaded", "is killed"]) {
  test(`a split, a recorded and a skipped day and a deletion that was taken back arrive once, although the page ${how} without a network`, async ({ home: { anna, ben }, own, device }) => {
    await comes(anna, "gym", "-20", -3, { times: 1 });
    await comes(anna, "paper", "-3", 0, { times: 1 });
    await device.person.openLive();
    await hasWorker(device.person.page);
    await device.person.add("7", "Gifts", "taken back");
    await expect(device.person.rows("saving…")).toHaveCount(0);
    await keepsBook(device.person);
    await own.kill();
    let { person } = device;
    await person.open("/");
    await expect(badge(person.page)).toContainText("Offline");
    await splits(person);
    await expectedRows(person.page, "gym").getByRole("button", { name: "Record" }).click();
    await expect(person.rows("gym")).toContainText("−20.00");
    await expectedRows(person.page, "paper").getByRole("button", { name: "Skip" }).click();
    await expect(expectedRows(person.page, "paper")).toHaveCount(0);
    await person.rows("taken back").getByRole("button").click();
    await editor(person).getByRole("button", { name: "Delete" }).click();
    await expect(person.rows("taken back")).toHaveCount(0);
    await person.page.getByRole("button", { name: "Undo" }).last().click();
    await expect(person.rows("taken back")).toHaveCount(1);
    await expect(onDevice(person.page)).toBeAttached();
    await expect(person.page.getByRole("alert").filter({ visible: true })).toHaveCount(0);
    if (how === "is killed") {
      await device.kill();
      await device.start();
      ({ person } = device);
      await person.open("/");
    } else {
      await person.page.reload();
    }
    await expect(badge(person.page)).toContainText("4 waiting");
    for (const [text, amount] of [["Groceries, Clothes", "−86.40"], ["gym", "−20.00"], ["taken back", "−7.00"]]) {
      await expect(waits(person, text)).toBeVisible();
      await expect(person.rows(text)).toHaveCount(1);
      await expect(person.rows(text)).toContainText(amount);
    }
    for (const text of ["gym", "paper"]) await expect(expectedRows(person.page, text)).toHaveCount(0);
    await expect(person.page.getByTestId("spent")).toContainText("113.40");
    await own.run();
    await person.live();
    await ben.openLive();
    for (const [text, amount] of [["Groceries, Clothes", "−86.40"], ["gym", "−20.00"], ["taken back", "−7.00"]]) {
      await expect(ben.rows(text)).toHaveCount(1);
      await expect(ben.rows(text)).toContainText(amount);
    }
    for (const text of ["gym", "paper"]) await expect(expectedRows(ben.page, text)).toHaveCount(0);
    await expect(ben.page.getByTestId("spent")).toContainText("113.40");
    await expect(person.rows(/waiting…|saving…/)).toHaveCount(0);
    expect((await facts(anna)).map((fact) => fact.amount).sort()).toEqual(["-20.00", "-36.40", "-50.00", "-7.00"]);
    await keepsBook(person);
  });
}
