import { randomUUID } from "node:crypto";
import { expect, type Person, test } from "../support/fixtures";

test("a stranger founds a household, invites somebody, and both see one book", async ({ browser, server }) => {
  const first = await browser.newContext({ timezoneId: "Asia/Tokyo" });
  const anna = await first.newPage();
  await anna.goto(`${server.url}/`);
  await expect(anna).toHaveURL(/\/sign-in$/);
  await anna.getByRole("link", { name: "New here? Create a household" }).click();
  await anna.getByLabel("Name of the household").fill("The Sokolovs");
  await anna.getByLabel("Now on the card").fill("1 200,50");
  await anna.getByLabel("Your name").fill("Anna");
  await anna.getByLabel("Email").fill(`anna-${randomUUID()}@example.org`);
  await anna.getByLabel("Password").fill("correct horse");
  await anna.getByRole("button", { name: "Start" }).click();
  await expect(anna.locator(".badge-live")).toBeVisible();
  const founded = (await (await first.request.get(`${server.url}/api/v1/household`)).json()) as { time_zone: string };
  expect(founded.time_zone, "the household's days begin where its founder is").toBe("Asia/Tokyo");
  await expect(anna.getByText("No transactions yet. Type an amount to start.")).toBeVisible();
  await expect(anna.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount")).toBeFocused();
  await expect(anna.getByText("1 200.50 £").first()).toBeVisible();

  await anna.getByRole("link", { name: "Household" }).click();
  await anna.getByRole("button", { name: "Make a link" }).click();
  const link = await anna.getByLabel("Invitation link").inputValue();
  await anna.getByRole("link", { name: "Today" }).click();

  const second = await browser.newContext();
  const ben = await second.newPage();
  await ben.goto(link);
  await expect(ben.getByRole("heading", { name: "You are invited to The Sokolovs" })).toBeVisible();
  await ben.getByLabel("Your name").fill("Ben");
  await ben.getByLabel("Email").fill(`ben-${randomUUID()}@example.org`);
  await ben.getByLabel("Password").fill("staple battery");
  await ben.getByRole("button", { name: "Join" }).click();
  await expect(ben.locator(".badge-live")).toBeVisible();

  const form = anna.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Amount").fill("12,50");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  for (const page of [anna, ben]) {
    const list = page.getByRole("region", { name: "Transactions" });
    await expect(list.getByRole("listitem").filter({ hasText: "Groceries" })).toContainText("−12.50");
  }
  await expect(ben.getByText("Anna", { exact: false }).first()).toBeVisible();
  await first.close();
  await second.close();
});

test("an edit, a deletion and its undo in one window show in the other", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("20", "Groceries", "market");
  await expect(ben.rows("market")).toContainText("−20.00");

  await ben.rows("market").getByRole("button").click();
  const editor = ben.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Amount").fill("-21.75");
  await editor.getByLabel("Note").fill("market and bread");
  await editor.getByLabel("Note").press("Enter");
  await expect(editor).toBeHidden();
  await expect(anna.rows("market and bread")).toContainText("−21.75");

  await anna.rows("market and bread").getByRole("button").click();
  await anna.page.getByRole("form", { name: "Edit the transaction" }).getByRole("button", { name: "Delete" }).click();
  await expect(anna.page.getByText("Deleted", { exact: true })).toBeVisible();
  await expect(ben.rows("market and bread")).toHaveCount(0);
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(ben.rows("market and bread")).toContainText("−21.75");
  await expect(anna.rows("market and bread")).toHaveCount(1);
  await expect(anna.page.getByTestId("spent")).toContainText("21.75");
});

test("an edit of a row that somebody changed in the meantime shows both values to choose from", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("10", "Groceries", "shared");
  await expect(ben.rows("shared")).toBeVisible();

  const open = async (person: typeof anna) => {
    await person.rows("shared").getByRole("button").click();
    return person.page.getByRole("form", { name: "Edit the transaction" });
  };
  const annas = await open(anna);
  await annas.getByLabel("Amount").fill("-12.50");
  const bens = await open(ben);
  await bens.getByLabel("Amount").fill("-15");
  await bens.getByRole("button", { name: "Save" }).click();
  await expect(bens).toBeHidden();
  for (const person of [ben, anna]) await person.upToDate();

  await annas.getByRole("button", { name: "Save" }).click();
  const choice = annas.getByRole("alert").filter({ hasText: "Ben changed this while you were editing" });
  await expect(choice).toContainText("−15.00");
  await expect(choice).toContainText("−12.50");
  await expect(annas.getByLabel("Amount")).toHaveValue("-12.50");
  await choice.getByRole("button", { name: "Keep mine" }).click();
  await expect(ben.rows("shared")).toContainText("−12.50");

  const again = await open(anna);
  await again.getByLabel("Amount").fill("-99");
  await ben.rows("shared").getByRole("button").click();
  const other = ben.page.getByRole("form", { name: "Edit the transaction" });
  await other.getByLabel("Amount").fill("-16");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other).toBeHidden();
  for (const person of [ben, anna]) await person.upToDate();
  await again.getByRole("button", { name: "Save" }).click();
  await again.getByRole("button", { name: "Keep Ben's" }).click();
  await expect(anna.rows("shared")).toContainText("−16.00");
});

test("keeping the other member's version keeps one's own changes of other fields", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("40", "Groceries", "shared");
  await ben.rows("shared").waitFor();
  await anna.rows("shared").getByRole("button").click();
  const annas = anna.page.getByRole("form", { name: "Edit the transaction" });
  await annas.getByLabel("Amount").fill("-41");
  await annas.getByLabel("Note").fill("written by Anna");
  await ben.rows("shared").getByRole("button").click();
  const bens = ben.page.getByRole("form", { name: "Edit the transaction" });
  await bens.getByLabel("Amount").fill("-42");
  await bens.getByRole("button", { name: "Save" }).click();
  await expect(bens).toBeHidden();
  for (const person of [ben, anna]) await person.upToDate();

  await annas.getByRole("button", { name: "Save" }).click();
  const choice = annas.getByRole("alert").filter({ hasText: "Ben changed this while you were editing" });
  await expect(choice).toContainText("−42.00");
  await expect(choice).not.toContainText("Note");
  await choice.getByRole("button", { name: "Keep Ben's" }).click();
  for (const person of [anna, ben]) await expect(person.rows("written by Anna")).toContainText("−42.00");
});

test("text typed in a row that another member deletes meanwhile is not lost", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("10", "Groceries", "gone");
  await ben.rows("gone").getByRole("button").click();
  const editor = ben.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Note").fill("typed by Ben");
  await anna.rows("gone").getByRole("button").click();
  await anna.page.getByRole("form", { name: "Edit the transaction" }).getByRole("button", { name: "Delete" }).click();
  await expect(editor.getByText("Deleted while you were editing")).toBeVisible();
  await expect(editor.getByLabel("Note")).toHaveValue("typed by Ben");
  await editor.getByRole("button", { name: "Save" }).click();
  await editor.getByRole("button", { name: "Restore with my change" }).click();
  await expect(anna.rows("typed by Ben")).toContainText("−10.00");
});

test("a category and an account that somebody adds can be used at once in the other window", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.openLive();
  await anna.page.getByRole("button", { name: "Add a category" }).click();
  const category = anna.page.getByRole("form", { name: "Add a category" });
  await category.getByLabel("Name").fill("Cat food");
  await category.getByRole("button", { name: "Save" }).click();
  await anna.page.getByRole("button", { name: "Add an account" }).click();
  const account = anna.page.getByRole("form", { name: "Add an account" });
  await account.getByLabel("Name").fill("Savings");
  await account.getByLabel("Opening balance").fill("1 000,00");
  await account.getByRole("button", { name: "Save" }).click();
  await expect(ben.page.getByText("Savings").first()).toBeVisible();
  const form = ben.page.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Account").selectOption({ label: "Savings" });
  await ben.add("4.20", "Cat food");
  await expect(anna.page.getByRole("listitem").filter({ hasText: "Savings" })).toContainText("995.80");
});

test("changes of different fields merge, and an open edit stays where it is when the row moves", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("10", "Groceries", "both of us");
  await expect(ben.rows("both of us")).toBeVisible();
  await anna.rows("both of us").getByRole("button").click();
  const annas = anna.page.getByRole("form", { name: "Edit the transaction" });
  await annas.getByLabel("Note").fill("Anna's note");

  await ben.rows("both of us").getByRole("button").click();
  const bens = ben.page.getByRole("form", { name: "Edit the transaction" });
  await bens.getByLabel("Date").fill("2026-01-31");
  await bens.getByLabel("Amount").fill("15");
  await bens.getByRole("button", { name: "Save" }).click();
  await expect(bens).toBeHidden();
  await expect(ben.rows("both of us")).toContainText("−15.00");

  await expect(annas.getByLabel("Note")).toHaveValue("Anna's note");
  await annas.getByRole("button", { name: "Save" }).click();
  await expect(annas).toBeHidden();
  for (const person of [anna, ben]) {
    await expect(person.rows("Anna's note")).toContainText("−15.00");
    await expect(person.page.getByRole("heading", { name: /31 January/ })).toBeVisible();
  }
});

test("another row does not open while there are unsaved changes", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("1", "Groceries", "first");
  await anna.add("2", "Groceries", "second");
  await anna.rows("first").getByRole("button").click();
  const editor = anna.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Note").fill("typed here");
  await anna.rows("second").getByRole("button").click();
  await expect(editor.getByText("Not saved yet. Save it, or press Cancel to discard what you typed.")).toBeVisible();
  await expect(editor.getByLabel("Note")).toHaveValue("typed here");
});

test("a name that is being typed stays when somebody else renames the same category", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.open("/household");
  const open = (person: Person) => person.page.getByRole("button", { name: "Groceries" }).click();
  const name = (person: Person) => person.page.getByRole("form", { name: "Edit the category" }).getByLabel("Name");
  await open(ben);
  await name(ben).fill("Food by Ben");
  await open(anna);
  await name(anna).fill("Food by Anna");
  await name(anna).press("Enter");
  await expect(anna.page.getByRole("button", { name: "Food by Anna" })).toBeFocused();

  await expect(ben.page.getByText("Anna changed this while you were editing: Food by Anna")).toBeVisible();
  await expect(name(ben)).toHaveValue("Food by Ben");
  await name(ben).press("Enter");
  await expect(ben.page.getByRole("alert").filter({ hasText: "Yours" })).toBeVisible();
  await expect(name(ben)).toHaveValue("Food by Ben");
  await ben.page.getByRole("button", { name: "Keep mine" }).click();
  for (const person of [anna, ben]) {
    await expect(person.page.getByRole("button", { name: "Food by Ben" })).toBeVisible();
  }
});

test("the focus stays on a row that somebody else's change moves", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.open("/household");
  const row = (person: Person, name: string) => person.page.getByRole("button", { name });
  const name = ben.page.getByRole("form", { name: "Edit the category" }).getByLabel("Name");
  await row(anna, "Groceries").focus();
  for (const [old, next] of [["Groceries", "Aardvarks"], ["Aardvarks", "Zoo"], ["Zoo", "Groceries"]]) {
    await row(ben, old).click();
    await name.fill(next);
    await name.press("Enter");
    await expect(row(anna, next)).toBeFocused();
  }
});
