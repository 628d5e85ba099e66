import { expect, type Person, test } from "../support/fixtures";
import { back, lose, withoutStore, writes } from "../support/writes";

const popover = ({ page }: Person) => page.locator("#connection");

const plans = async (person: Person) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const { items } = await person.api<{ items: { amount: string }[] }>("get", `/plans?month=${today.slice(0, 7)}`);
  return items.map((plan) => plan.amount);
};

/** Groceries, and the household's month. */
async function planned(person: Person) {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const { items } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  return { article: items.find((row) => row.name === "Groceries")?.id, month: today.slice(0, 7) };
}

/** Their cell, wherever the month is among those on the screen. */
async function groceries(person: Person) {
  const { article, month } = await planned(person);
  return person.page.locator(`#plan-${article}-${month}`);
}

async function goTo({ page }: Person, name: string): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name }).click();
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name })).toHaveAttribute("aria-current", "page");
}

/** Types a plan of 70 into the cell of groceries, which waits: no call arrives. */
async function planWaits(person: Person) {
  await person.openLive();
  const cell = await groceries(person);
  await goTo(person, "Plan");
  await person.page.route(writes, lose);
  await cell.fill("70");
  await cell.press("Enter");
  return cell;
}

/** Plans 50 for groceries from another screen. */
async function plansFifty(person: Person): Promise<void> {
  const { article, month } = await planned(person);
  await person.api("put", `/plans/${article}/${month}`, { amount: "50" });
}

/** Presses the button of the list in the popover that opens the cell. */
async function correct(person: Person, word: string): Promise<void> {
  await person.page.getByRole("button", { name: /Connection/ }).click();
  await popover(person).locator("a, button").filter({ hasText: word }).click();
}

for (const [size, viewport] of [["a desktop", { width: 1440, height: 900 }], ["a phone", { width: 390, height: 844 }]] as const) {
  test.describe(`on ${size}`, () => {
    test.use({ viewport });

    test("a refused plan is corrected in its cell, from the popover of every page and of another month", async ({ household: { anna, ben } }) => {
      await anna.openLive();
      const { page } = anna;
      const cell = await groceries(anna);
      let amount = 70;
      for (const from of ["Today", "Household", "Plan"]) {
        await goTo(anna, "Plan");
        await page.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }), { times: 1 });
        await cell.fill(`${amount}`);
        await cell.press("Enter");
        await expect(page.locator(".plan-cell .field-error")).toBeVisible();
        if (from !== "Plan") await goTo(anna, from);
        else for (let step = 0; step < 4; step += 1) await page.getByRole("button", { name: "Next month" }).click();
        await correct(anna, "Correct");
        await expect(popover(anna)).toBeHidden();
        await expect(cell, from).toBeFocused();
        await expect(cell, "what was refused").toHaveValue(`${amount}.00`);
        await expect(cell).toHaveAttribute("aria-invalid", "true");
        await page.keyboard.type(`${amount + 1}`);
        await page.keyboard.press("Enter");
        await expect.poll(() => plans(ben)).toEqual([`${amount + 1}.00`]);
        await expect(page.locator(".plan-cell .field-error")).toHaveCount(0);
        amount += 10;
      }
    });

    test("a plan that waits is corrected in its cell", async ({ household: { anna, ben } }) => {
      const cell = await planWaits(anna);
      await expect(anna.page.locator(".plan-cell").getByText("waiting…")).toBeVisible();
      await goTo(anna, "Household");
      await correct(anna, "Correct");
      await expect(cell).toBeFocused();
      await expect(cell).toHaveValue("70.00");
      await anna.page.keyboard.type("80");
      await anna.page.keyboard.press("Enter");
      await back(anna);
      await expect.poll(() => plans(ben)).toEqual(["80.00"]);
    });
  });
}

test("a cell says where the amount that waits in it is kept", async ({ household: { anna } }, info) => {
  const cell = await planWaits(anna);
  const around = anna.page.locator(".plan-cell").filter({ has: cell });
  await expect(around).toContainText("waiting… Kept on this device.");
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`cell-${width}-${scheme}.png`) });
  }
});

test("a cell whose amount could not be stored says so", async ({ household: { anna } }) => {
  await withoutStore(anna.page);
  const cell = await planWaits(anna);
  await expect(anna.page.locator(".plan-cell").filter({ has: cell })).toContainText("waiting… Kept while this page is open.");
});

test("a plan that somebody else has set meanwhile is compared in its cell", async ({ household: { anna, ben } }) => {
  const cell = await planWaits(anna);
  await goTo(anna, "Today");
  await plansFifty(ben);
  await back(anna);
  await correct(anna, "Look at both");
  await expect(cell).toBeFocused();
  await expect(cell).toHaveValue("70.00");
  await expect(cell).toHaveAccessibleDescription("Ben set this to 50.00 meanwhile.");
  // Two amounts are no error.
  await expect(cell).not.toHaveAttribute("aria-invalid");
  await expect(anna.page.locator(".plan-cell .field-error")).toHaveCount(0);
  await anna.page.keyboard.press("Enter");
  await expect.poll(() => plans(ben)).toEqual(["70.00"]);
});

for (const [choice, kept] of [
  ["Keep mine", "70.00"],
  ["Keep Ben's", "50.00"],
]) {
  test(`two amounts for a cell are decided by a thumb: ${choice}`, async ({ household: { anna, ben } }) => {
    await anna.page.setViewportSize({ width: 390, height: 510 });
    const cell = await planWaits(anna);
    await plansFifty(ben);
    await back(anna);
    await expect(anna.page.locator(".plan-cell .plan-theirs")).toContainText("Ben set this to 50.00 meanwhile.");
    await anna.page.locator(".plan-cell").getByRole("button", { name: choice }).click();
    await expect(cell).toHaveValue(kept);
    await expect(anna.page.locator(".plan-cell .plan-theirs")).toHaveCount(0);
    await expect(cell).toBeFocused();
    await expect.poll(() => plans(ben)).toEqual([kept]);
  });
}

test("an undo takes back no more than what this page has set, also when it is pressed again", async ({ household: { anna, ben } }) => {
  const { article, month } = await planned(anna);
  const sets = (amount: string) => ben.api("put", `/plans/${article}/${month}`, { amount });
  const undo = anna.page.getByRole("button", { name: "Undo", exact: true });
  const cell = await groceries(anna);
  const enters = async (amount: string) => {
    await cell.fill(amount);
    await cell.press("Enter");
  };
  await anna.openLive();
  await goTo(anna, "Plan");
  await enters("100");
  await expect.poll(() => plans(anna)).toEqual(["100.00"]);
  await enters("150");
  await expect.poll(() => plans(anna)).toEqual(["150.00"]);
  await sets("200");
  await expect(cell).toHaveValue("200.00");
  await enters("300");
  await expect.poll(() => plans(anna)).toEqual(["300.00"]);
  await undo.click();
  await expect.poll(() => plans(anna)).toEqual(["200.00"]);
  await undo.click();
  await expect(anna.page.getByText("Ben changed this meanwhile: nothing was set.")).toBeVisible();
  await undo.click();
  await expect(undo).toHaveAttribute("aria-disabled", "true");
  expect(await plans(anna)).toEqual(["200.00"]);
  // Kept in a conflict, it is a change over the other amount, too.
  await cell.focus();
  await sets("900");
  await anna.page.keyboard.type("400");
  await anna.page.keyboard.press("Enter");
  await anna.page.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => plans(anna)).toEqual(["400.00"]);
  await undo.click();
  await expect.poll(() => plans(anna)).toEqual(["900.00"]);
  await expect(undo, "nothing else is this page's").toHaveAttribute("aria-disabled", "true");
});
