import { expect, type Person, test } from "../support/fixtures";

const split = (person: Person) => person.page.getByRole("dialog", { name: "Split" });

/** A split of 30 as the API takes it. */
async function splitOfTwo(person: Person, comment: string) {
  const { items: articles } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const { items: centers } = await person.api<{ items: { id: string }[] }>("get", "/financial-centers");
  const part = (name: string, amount: string) => ({ article_id: articles.find((row) => row.name === name)?.id, amount });
  const parts = [part("Groceries", "-10"), part("Clothes", "-20")];
  return { financial_center_id: centers[0].id, parts, comment };
}

const post = async (person: Person, comment: string) => (await person.api<{ id: string }>("post", "/splits", await splitOfTwo(person, comment))).id;

/** Opens Today from the household page, so that the browser's own keys lead back over a dialog. */
async function openToday(person: Person): Promise<void> {
  await person.open("/household");
  await person.live();
  await person.page.getByRole("link", { name: "Today" }).click();
}

/** Looks at the household page, where something may happen meanwhile, and comes back. */
async function lookAway({ page }: Person, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
  await page.goBack();
  await expect(page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await meanwhile();
  await page.goForward();
}

test("a split that another member deletes while its dialog is hidden is reported as deleted when the dialog is shown again", async ({ household: { anna, ben } }) => {
  await openToday(anna);
  const id = await post(ben, "");
  await anna.rows("Groceries, Clothes").getByRole("button").click();
  const form = split(anna);
  await form.getByLabel("Amount").first().fill("-35");
  await form.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-25");
  await lookAway(anna, async () => {
    await ben.api("delete", `/splits/${id}`);
    await anna.live();
  });
  await expect(form.getByText("Deleted while you were editing")).toBeVisible();
  await expect(form.getByLabel("Amount").first()).toHaveValue("-35");
  // It is reported once, and the text can be kept.
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByText("Deleted while you were editing")).toHaveCount(1);
  await lookAway(anna);
  await form.getByRole("button", { name: "Restore with my change" }).click();
  await expect(form).toBeHidden();
  await ben.openLive();
  await expect(ben.rows("Groceries, Clothes")).toContainText("−35.00");
});

test("a conflict is still shown, and can be decided, after a look at another page", async ({ household: { anna, ben } }) => {
  await openToday(anna);
  await anna.add("10", "Groceries", "lunch");
  await expect(anna.rows("lunch")).toContainText("−10.00");
  await anna.rows("lunch").getByRole("button").click();
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  await form.getByLabel("Amount").fill("12");
  const { items } = await ben.api<{ items: { id: string; comment: string }[] }>("get", "/facts");
  const id = items.find((row) => row.comment === "lunch")?.id;
  await ben.api("patch", `/facts/${id}`, { amount: "-11" });
  await anna.upToDate();
  await form.getByRole("button", { name: "Save" }).click();
  const conflict = form.getByRole("alert").filter({ hasText: "Ben changed this while you were editing" });
  await expect(conflict).toContainText("−11.00");
  await lookAway(anna);
  await expect(conflict).toContainText("−11.00");
  await expect(conflict).toContainText("−12.00");
  await form.getByRole("button", { name: "Keep mine" }).click();
  await expect(form).toBeHidden();
  await expect(anna.rows("lunch")).toContainText("−12.00");

  const group = await post(ben, "");
  await anna.rows("Groceries, Clothes").getByRole("button").click();
  const dialog = split(anna);
  await dialog.locator("#group-comment").fill("mine");
  await ben.api("put", `/splits/${group}`, await splitOfTwo(ben, "Ben's"));
  await anna.upToDate();
  await dialog.getByRole("button", { name: "Save" }).click();
  const both = dialog.getByRole("alert").filter({ hasText: "Ben changed this while you were editing" });
  await expect(both).toContainText("Ben's");
  await lookAway(anna);
  await expect(both).toContainText("Ben's");
  await dialog.getByRole("button", { name: "Keep mine" }).click();
  await expect(dialog).toBeHidden();
  await expect(anna.rows("Groceries, Clothes")).toContainText("mine");
});

test("a form of the household page that is half filled in survives a look at another page, one of a row and one of a new row", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await anna.live();
  const { page } = anna;
  const away = async (meanwhile: () => Promise<unknown> = async () => {}) => {
    await page.getByRole("link", { name: "Today" }).click();
    await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
    await meanwhile();
    await page.getByRole("link", { name: "Household" }).click();
  };
  // A form without unsaved text is closed.
  const recurring = page.getByRole("form", { name: "Add something recurring" });
  await page.getByRole("button", { name: "Add something recurring" }).click();
  await expect(recurring).toBeVisible();
  await away();
  await expect(page.getByRole("button", { name: "Add something recurring" })).toBeVisible();

  await page.getByRole("button", { name: "Add something recurring" }).click();
  await recurring.getByLabel("Amount").fill("950");
  await recurring.getByLabel("Category").selectOption({ label: "Rent" });
  await recurring.getByLabel("Note").fill("flat");
  await recurring.getByLabel("Every", { exact: true }).fill("2");
  await recurring.getByLabel("Unit").selectOption({ label: "weeks" });
  // A new category in another list, with a kind, an icon and a colour.
  const category = page.getByRole("form", { name: "Add a category" });
  await page.getByRole("button", { name: "Add a category" }).click();
  await category.getByLabel("Name").fill("Side job");
  await category.getByLabel("Kind").selectOption({ label: "Income" });
  await category.getByRole("radio", { name: "Colour 3" }).check({ force: true });
  // An account that is there already.
  const account = page.getByRole("form", { name: "Edit the account" });
  await page.getByRole("button", { name: /^Card/ }).click();
  await account.getByLabel("Name").fill("Bank card");
  const { items: centers } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/financial-centers");
  const card = centers.find((row) => row.name === "Card")?.id;
  await away(() => ben.api("patch", `/financial-centers/${card}`, { opening_balance: "7" }));

  await expect(recurring.getByLabel("Amount")).toHaveValue("950");
  await expect(recurring.getByLabel("Category").locator("option:checked")).toHaveText(/Rent/);
  await expect(recurring.getByLabel("Note")).toHaveValue("flat");
  await expect(recurring.getByLabel("Every", { exact: true })).toHaveValue("2");
  await expect(recurring.getByLabel("Unit").locator("option:checked")).toHaveText("weeks");
  await expect(category.getByLabel("Name")).toHaveValue("Side job");
  await expect(category.getByLabel("Kind").locator("option:checked")).toHaveText("Income");
  await expect(category.getByRole("radio", { name: "Colour 3" })).toBeChecked();
  await expect(account.getByLabel("Name")).toHaveValue("Bank card");
  // It still prevents another row from opening.
  await page.getByRole("button", { name: /^Cash/ }).click();
  await expect(account.getByText("Not saved yet. Save it, or press Cancel to discard what you typed.")).toBeVisible();

  await recurring.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: /Rent · flat.*−950\.00/ })).toBeVisible();
  await category.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Side job" })).toBeVisible();
  // A form that was opened earlier does not revert another member's change.
  await account.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: /^Bank card.*7\.00/ })).toBeVisible();
  // Once it is saved or cancelled, the text does not return.
  await page.getByRole("button", { name: /^Bank card/ }).click();
  await account.getByLabel("Name").fill("Other");
  await account.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: /^Bank card/ }).click();
  await expect(account.getByLabel("Name")).toHaveValue("Bank card");
  await account.getByRole("button", { name: "Cancel" }).click();
  await away();
  await expect(page.getByRole("button", { name: "Add a category" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Add something recurring" })).toBeVisible();
  await expect(account).toHaveCount(0);
});
