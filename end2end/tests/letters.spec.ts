import { expect, test } from "../support/fixtures";

// A form is removed while its list of categories has the focus: the list gets the blur event after the form's
// state is disposed. The fixture fails each of these tests if anything panics.

test("a category is changed by letters in an open row, time after time", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await anna.add("12.50", "Groceries", "lunch");
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  const category = editor.getByLabel("Category");
  const type = async (letters: string) => {
    await anna.rows("lunch").getByRole("button").click();
    await category.focus();
    await page.keyboard.type(letters);
  };
  for (const [letters, name] of [
    ["gif", "Gifts"],
    ["cloth", "Clothes"],
    ["groc", "Groceries"],
  ]) {
    await type(letters);
    await expect(category.locator("option:checked")).toHaveText(new RegExp(name));
    await page.keyboard.press("Enter");
    await expect(editor).toBeHidden();
    await expect(anna.rows("lunch")).toContainText(name);
  }
  // Enter with the current choice, and the other ways to leave the list.
  await type("groc");
  await page.keyboard.press("Enter");
  await expect(editor).toBeHidden();
  await type("gif");
  // The first Escape ends the search, and none discards what is chosen.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(editor.getByText("Not saved yet.")).toBeVisible();
  await editor.getByRole("button", { name: "Cancel" }).click();
  await expect(editor).toBeHidden();
  await expect(anna.rows("lunch")).toContainText("Groceries");
});

test("letters choose a category in every form that has one, up to its end", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await page.getByRole("form", { name: "Add a transaction" }).getByRole("button", { name: "Split…" }).click();
  const split = page.getByRole("dialog", { name: "Split" });
  await split.locator("#group-amount").fill("10");
  const part = (number: number) => split.getByRole("group", { name: `Part ${number}`, exact: true });
  await part(1).getByLabel("Category").selectOption({ label: "Groceries" });
  await part(1).getByLabel("Amount").fill("4");
  await part(2).getByLabel("Category").focus();
  await page.keyboard.type("gif");
  await page.keyboard.press("Tab");
  await part(2).getByLabel("Category").focus();
  await page.keyboard.type("cloth");
  await split.getByRole("button", { name: "Add", exact: true }).evaluate((button: HTMLButtonElement) => button.click());
  await expect(split).toBeHidden();
  await expect(anna.rows("Groceries, Clothes")).toContainText("−10.00");

  await page.getByRole("navigation").getByRole("link", { name: "Household" }).click();
  await page.getByRole("button", { name: "Add something recurring" }).click();
  const recurring = page.getByRole("form", { name: "Add something recurring" });
  await recurring.getByLabel("Amount").fill("9");
  await recurring.getByLabel("Category").focus();
  await page.keyboard.type("gif");
  await recurring.getByRole("button", { name: "Save" }).evaluate((button: HTMLButtonElement) => button.click());
  await expect(recurring).toBeHidden();
  await expect(page.getByRole("button", { name: /Gifts.*Every month/ })).toBeVisible();
});

test("letters choose the parent of a category, among those that are offered there, and each name has its icon", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.open("/household");
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  const form = page.getByRole("form", { name: "Edit the category" });
  const parent = form.getByLabel("Parent category");
  await parent.focus();
  // A category cannot be its own parent.
  await page.keyboard.type("gif");
  await expect(parent.locator("option:checked")).not.toHaveText(/Gifts/);
  await page.keyboard.press("Escape");
  await page.keyboard.type("cloth");
  await expect(parent.locator("option:checked")).toHaveText(/Clothes/);
  await expect(form.locator(".letters .icon")).not.toHaveCount(0);
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(page.locator(".depth-1").filter({ hasText: "Gifts" })).toBeVisible();
});

test("a pause begins a new search, and no letter of it is lost", async ({ household: { anna } }) => {
  const { page } = anna;
  for (const name of ["Äpfel", "Łódź"]) await anna.api("post", "/articles", { name, kind: "expense" });
  // The keys come at the times that the test gives them.
  await page.addInitScript(() => {
    const time = window as unknown as { now?: number };
    Object.defineProperty(Event.prototype, "timeStamp", { get: () => time.now ?? 0 });
  });
  await anna.openLive();
  const category = page.getByRole("form", { name: "Add a transaction" }).getByLabel("Category");
  const at = (now: number) => page.evaluate((now) => Object.assign(window, { now }), now);
  const chosen = (name: string) => expect(category.locator("option:checked")).toHaveText(new RegExp(name));
  await category.focus();
  await at(5_000);
  await page.keyboard.type("apf");
  await chosen("Äpfel");
  await at(6_500);
  await page.keyboard.type("lod");
  await chosen("Łódź");
  // Letters that go on with the last name as well as begin another.
  await at(8_000);
  await page.keyboard.type("gro");
  await chosen("Groceries");
  await at(9_500);
  await page.keyboard.type("c");
  await expect(category.locator("option:checked")).not.toHaveText(/Groceries/);
  // Without a pause nothing is lost either.
  await at(11_000);
  await page.keyboard.type("apflod");
  await chosen("Łódź");
});
