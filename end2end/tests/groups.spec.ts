import { expect, type Person, test } from "../support/fixtures";
import { lose, splitOfTwo, writes } from "../support/writes";

const quick = (person: Person) => person.page.getByRole("form", { name: "Add a transaction" });

const dialog = (person: Person, name: "Transfer" | "Split") => person.page.getByRole("dialog", { name });

const balance = (person: Person, name: string) => person.page.locator(".balance").filter({ hasText: name });

test("a transfer is one row that moves two balances on both screens, and is changed, deleted and restored as a whole", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await quick(anna).getByLabel("Amount").fill("20+30");
  await quick(anna).getByLabel("Note").fill("for the week");
  await quick(anna).getByRole("button", { name: "Transfer…" }).click();
  const form = dialog(anna, "Transfer");
  await expect(form.getByLabel("Amount")).toHaveValue("20+30");
  await form.getByLabel("To", { exact: true }).selectOption({ label: "Cash" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form).toBeHidden();
  await expect(quick(anna).getByLabel("Amount")).toHaveValue("");
  for (const person of [anna, ben]) {
    await expect(person.rows("Card → Cash")).toHaveCount(1);
    await expect(person.rows("Card → Cash")).toContainText("50.00");
    await expect(balance(person, "Cash")).toContainText("50.00");
    await expect(person.page.getByTestId("spent")).toContainText("0.00");
  }
  await ben.rows("Card → Cash").getByRole("button").click();
  const theirs = dialog(ben, "Transfer");
  await expect(anna.rows("Card → Cash")).toContainText("Ben is editing");
  await theirs.getByLabel("Amount").fill("40");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(balance(anna, "Cash")).toContainText("40.00");
  await anna.rows("Card → Cash").getByRole("button").click();
  await form.getByRole("button", { name: "Delete" }).click();
  await expect(ben.rows("Card → Cash")).toHaveCount(0);
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(ben.rows("Card → Cash")).toContainText("40.00");
  await expect(balance(ben, "Cash")).toContainText("40.00");
});

test("a split is entered by keyboard alone, shown as one row, and opened to be changed", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  const { page } = anna;
  await quick(anna).getByLabel("Amount").focus();
  await page.keyboard.type("86.40");
  await quick(anna).getByRole("button", { name: "Split…" }).focus();
  await page.keyboard.press("Enter");
  const form = dialog(anna, "Split");
  const part = (n: number) => form.getByRole("group", { name: `Part ${n}`, exact: true });
  await part(1).getByLabel("Category").focus();
  await page.keyboard.type("Groc");
  await page.keyboard.press("Tab");
  await page.keyboard.type("12.50*4");
  await page.keyboard.press("Tab");
  await page.keyboard.type("food");
  // The part without an amount gets the rest.
  await expect(form.getByText("The rest: −36.40")).toBeVisible();
  await part(2).getByLabel("Category").selectOption({ label: "Clothes" });
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
  const row = (person: Person) => person.rows("Groceries, Clothes");
  for (const person of [anna, ben]) {
    await expect(row(person)).toHaveCount(1);
    await expect(row(person)).toContainText("−86.40");
    await expect(row(person)).toContainText("2 parts");
    await expect(person.page.getByTestId("spent")).toContainText("86.40");
  }
  await row(ben).getByRole("button").click();
  const theirs = dialog(ben, "Split");
  await theirs.getByRole("button", { name: "Add a part" }).click();
  const third = theirs.getByRole("group", { name: "Part 3" });
  await third.getByLabel("Category").selectOption({ label: "Other income" });
  await third.getByLabel("Amount").fill("5");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(theirs.getByText("The parts do not add up to the whole amount")).toBeVisible();
  await theirs.getByLabel("Amount").first().fill("-81.40");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(row(anna)).toContainText("3 parts");
  await expect(row(anna)).toContainText("−81.40");
});

test("parts that exceed the total are reported and not saved, and a split with a refund is saved unchanged", async ({ household: { anna } }) => {
  await anna.openLive();
  await quick(anna).getByLabel("Amount").fill("120");
  await quick(anna).getByRole("button", { name: "Split…" }).click();
  const form = dialog(anna, "Split");
  const part = (n: number) => form.getByRole("group", { name: `Part ${n}`, exact: true });
  await form.getByRole("button", { name: "Add a part" }).click();
  for (const [n, category] of ["Groceries", "Clothes", "Health"].entries()) {
    await part(n + 1).getByLabel("Category").selectOption({ label: category });
  }
  await part(1).getByLabel("Amount").fill("80");
  await part(2).getByLabel("Amount").fill("60");
  await expect(form.getByRole("status").filter({ hasText: /20\.00.*too much/ })).toBeVisible();
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form.getByText("The parts do not add up to the whole amount")).toBeVisible();
  await expect(anna.rows("3 parts")).toHaveCount(0);
  // A refund is typed with its sign.
  await part(3).getByLabel("Amount").fill("+20");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(form).toBeHidden();
  await expect(anna.rows("3 parts")).toContainText("−120.00");
  await expect(anna.rows("waiting…")).toHaveCount(0);
  await anna.rows("3 parts").getByRole("button").click();
  await expect(part(3).getByLabel("Amount")).toHaveValue("+20.00");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(anna.rows("3 parts")).toContainText("−120.00");
});

test("two people change one split: both versions are shown, and nothing typed is lost", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await splitOfTwo(anna);
  await anna.rows("Groceries, Clothes").getByRole("button").click();
  const mine = dialog(anna, "Split");
  await mine.getByLabel("Amount").first().fill("-35");
  await mine.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-25");
  await ben.rows("Groceries, Clothes").getByRole("button").click();
  const theirs = dialog(ben, "Split");
  await theirs.getByLabel("Amount").first().fill("-31");
  await theirs.getByRole("group", { name: "Part 1" }).getByLabel("Amount").fill("-11");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(theirs).toBeHidden();
  for (const person of [ben, anna]) await person.upToDate();
  await mine.getByRole("button", { name: "Save" }).click();
  await expect(mine.getByText("Ben changed this while you were editing")).toBeVisible();
  await expect(mine.getByRole("alert").filter({ hasText: "Ben changed" })).toContainText("−31.00");
  await expect(mine.getByLabel("Amount").first()).toHaveValue("-35");
  await mine.getByRole("button", { name: "Keep mine" }).click();
  await expect(ben.rows("Groceries, Clothes")).toContainText("−35.00");
  await expect(ben.page.getByTestId("spent")).toContainText("35.00");
});

test("text typed in the dialog survives a reload of the page, and Escape does not discard it", async ({ household: { anna } }) => {
  await anna.openLive();
  await quick(anna).getByRole("button", { name: "Split…" }).click();
  const form = dialog(anna, "Split");
  await form.getByLabel("Amount").first().fill("70");
  await form.getByRole("group", { name: "Part 1" }).getByLabel("Note").fill("half of it");
  await anna.page.keyboard.press("Escape");
  await expect(form.getByText("Not added yet. Add it, or press Cancel to discard what you typed.")).toBeVisible();
  await expect(form.getByRole("button", { name: "Add", exact: true })).toBeFocused();
  await anna.page.reload();
  await anna.live();
  await quick(anna).getByRole("button", { name: "Split…" }).click();
  await expect(form.getByLabel("Amount").first()).toHaveValue("70");
  await expect(form.getByRole("group", { name: "Part 1" }).getByLabel("Note")).toHaveValue("half of it");
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toBeHidden();
});

test("changes typed in the dialog of a split survive a visit to another page", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await anna.live();
  await anna.page.getByRole("link", { name: "Today" }).click();
  await splitOfTwo(anna);
  const form = dialog(anna, "Split");
  // Without unsaved text it is closed.
  await anna.rows("Groceries, Clothes").getByRole("button").click();
  await expect(form).toBeVisible();
  await anna.page.goBack();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await anna.page.goForward();
  await expect(anna.rows("Groceries, Clothes")).toBeVisible();
  await expect(form).toBeHidden();

  await anna.rows("Groceries, Clothes").getByRole("button").click();
  await form.getByLabel("Amount").first().fill("-35");
  await form.getByRole("group", { name: "Part 2" }).getByLabel("Amount").fill("-25");
  await anna.page.goBack();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await anna.page.goForward();
  await expect(form.getByLabel("Amount").first()).toHaveValue("-35");
  await expect(form.getByRole("group", { name: "Part 2" }).getByLabel("Amount")).toHaveValue("-25");
  await anna.page.keyboard.press("Escape");
  await expect(form).toBeVisible();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await ben.openLive();
  await expect(ben.rows("Groceries, Clothes")).toContainText("−35.00");
  // Once it is saved, the text does not return.
  await anna.page.goBack();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await anna.page.goForward();
  await expect(anna.rows("Groceries, Clothes")).toBeVisible();
  await expect(form).toBeHidden();
});

test("after a transfer the next entry is not on the account that it led to", async ({ household: { anna } }) => {
  await anna.openLive();
  await quick(anna).getByLabel("Amount").fill("15");
  await quick(anna).getByRole("button", { name: "Transfer…" }).click();
  const form = dialog(anna, "Transfer");
  await form.getByLabel("To", { exact: true }).selectOption({ label: "Cash" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(anna.rows("Card → Cash")).toHaveCount(1);
  await anna.openLive();
  await anna.add("3", "Groceries", "after it");
  await expect(balance(anna, "Cash")).toContainText("15.00");
  await expect(balance(anna, "Card")).toContainText("−18.00");
});

test("a split that waits to be deleted is listed with that word and its sum", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("7", "Groceries");
  await expect(anna.rows("−7.00")).toHaveCount(1);
  const [first] = (await anna.api<{ items: { article_id: string; financial_center_id: string }[] }>("get", "/facts")).items;
  const parts = ["-80", "-40"].map((amount) => ({ article_id: first.article_id, amount }));
  await anna.api("post", "/splits", { financial_center_id: first.financial_center_id, parts });
  await anna.page.route(writes, lose);
  await anna.rows("−120.00").getByRole("button").click();
  await dialog(anna, "Split").getByRole("button", { name: "Delete" }).click();
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection").getByRole("listitem")).toContainText("Delete: Groceries −120.00");
});

test("a transfer entered without a connection is kept and sent once it is back", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await anna.context.setOffline(true);
  await quick(anna).getByLabel("Amount").fill("15");
  await quick(anna).getByRole("button", { name: "Transfer…" }).click();
  const form = dialog(anna, "Transfer");
  await form.getByLabel("To", { exact: true }).selectOption({ label: "Cash" });
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await expect(anna.rows("Card → Cash")).toContainText("waiting…");
  await anna.context.setOffline(false);
  await expect(ben.rows("Card → Cash")).toContainText("15.00");
  await expect(anna.rows("Card → Cash")).toHaveCount(1);
  await expect(anna.rows("waiting…")).toHaveCount(0);
});
