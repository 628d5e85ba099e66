import { expect, type Person, test } from "../support/fixtures";

const category = (person: Person, name: string) => person.page.getByRole("button", { name, exact: true });
const account = (person: Person, name: string) =>
  person.page.getByRole("region", { name: "Accounts" }).getByRole("button", { name: new RegExp(`^${name}`) });
/** The depth of a category in the tree. */
const depth = (person: Person, name: string) => category(person, name).locator("..");

test("a category gets a name, an icon and a colour, and the other window follows", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.open("/household");
  await category(anna, "Leisure").click();
  const form = anna.page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Name").fill("Fun");
  await form.getByRole("radio", { name: "Book" }).check({ force: true });
  await form.getByRole("radio", { name: "Colour 6" }).check({ force: true });
  await form.getByRole("button", { name: "Save" }).click();
  for (const person of [anna, ben]) {
    await expect(category(person, "Fun").locator(".icon use")).toHaveAttribute("href", "#icon-book");
    await expect(category(person, "Fun").locator(".icon")).toHaveClass(/colour-5/);
  }
  await expect(category(anna, "Fun")).toBeFocused();
});

test("a category moves in the tree by keys, by drag and by its form", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.open("/household");
  await category(anna, "Clothes").focus();
  await anna.page.keyboard.press("Alt+ArrowRight");
  for (const person of [anna, ben]) await expect(depth(person, "Clothes"), "below Children, the one above").toHaveClass(/depth-1/);
  await expect(category(anna, "Clothes"), "the focus goes with it").toBeFocused();
  await anna.page.keyboard.press("Alt+ArrowLeft");
  for (const person of [anna, ben]) await expect(depth(person, "Clothes")).toHaveClass(/depth-0/);

  await category(anna, "Gifts").dragTo(category(anna, "Leisure"));
  for (const person of [anna, ben]) await expect(depth(person, "Gifts")).toHaveClass(/depth-1/);
  await category(anna, "Gifts").dragTo(anna.page.getByRole("heading", { name: "Expense" }));
  for (const person of [anna, ben]) await expect(depth(person, "Gifts")).toHaveClass(/depth-0/);

  await category(anna, "Home").dragTo(category(anna, "Rent"));
  await expect(anna.page.getByRole("alert")).toContainText("A category cannot stand below itself");
  await expect(depth(ben, "Home")).toHaveClass(/depth-0/);

  await category(anna, "Health").click();
  const form = anna.page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Parent category").selectOption({ label: "Other" });
  await form.getByLabel("Name").press("Enter");
  for (const person of [anna, ben]) await expect(depth(person, "Health")).toHaveClass(/depth-1/);
});

test("an archived category is no longer offered, and can be restored", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.openLive();
  const offered = ben.page.getByRole("form", { name: "Add a transaction" }).getByLabel("Category").locator("option", { hasText: "Gifts" });
  await expect(offered).toHaveCount(1);
  await category(anna, "Gifts").click();
  await anna.page.getByRole("button", { name: "Archive" }).click();
  await expect(category(anna, "Gifts archived")).toBeVisible();
  await expect(offered).toHaveCount(0);
  await category(anna, "Gifts archived").click();
  await anna.page.getByRole("button", { name: "Restore" }).click();
  await expect(offered).toHaveCount(1);
});

test("accounts keep the order in which they are arranged", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.openLive();
  for (const name of ["Savings", "Wallet"]) {
    await anna.page.getByRole("button", { name: "Add an account" }).click();
    const form = anna.page.getByRole("form", { name: "Add an account" });
    await form.getByLabel("Name").fill(name);
    await form.getByLabel("Name").press("Enter");
    await expect(account(anna, name)).toBeVisible();
  }
  const order = () => ben.page.locator(".balance-list dt").allInnerTexts();
  await expect.poll(order).toEqual(["Card", "Cash", "Savings", "Wallet", expect.stringContaining("Total")]);
  await account(anna, "Wallet").focus();
  await anna.page.keyboard.press("Alt+ArrowUp");
  await expect.poll(order).toEqual(["Card", "Cash", "Wallet", "Savings", expect.anything()]);
  await anna.page.keyboard.press("Alt+ArrowUp");
  await expect.poll(order).toEqual(["Card", "Wallet", "Cash", "Savings", expect.anything()]);
  await expect(account(anna, "Wallet"), "the focus goes with it").toBeFocused();
  await account(anna, "Card").click();
  const form = anna.page.getByRole("form", { name: "Edit the account" });
  await form.getByRole("button", { name: "Move down" }).click();
  await expect.poll(order).toEqual(["Wallet", "Card", "Cash", "Savings", expect.anything()]);
  await form.getByLabel("Opening balance").fill("12,30");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(account(anna, "Card")).toContainText("12.30 €");
});

test("an invitation can be copied, shared and shown to a camera", async ({ household: { anna } }) => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await anna.open("/household");
  await anna.page.getByRole("button", { name: "Make a link" }).click();
  const link = await anna.page.getByLabel("Invitation link").inputValue();
  expect(link).toMatch(/\/join\/[\w-]{40,}$/);
  await anna.page.getByRole("button", { name: "Copy" }).click();
  await expect(anna.page.getByRole("button", { name: "Copied" })).toBeVisible();
  expect(await anna.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const code = anna.page.getByRole("img", { name: /QR code/ });
  await expect(code).toBeVisible();
  // What a phone's camera would decode.
  await anna.page.evaluate(() => Object.defineProperty(navigator, "share", { value: (data: { url: string }) => ((window as { shared?: string }).shared = data.url) }));
  await anna.page.getByRole("button", { name: "Share" }).click();
  expect(await anna.page.evaluate(() => (window as { shared?: string }).shared)).toBe(link);
});

test("a category is merged into another one with its transactions, after a question", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  await ben.add("12.50", "Gifts", "flowers");
  await expect(ben.rows("flowers")).toContainText("Gifts");
  await anna.open("/household");
  await category(anna, "Gifts").click();
  const form = anna.page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Merge into").selectOption({ label: "Leisure" });
  await expect(form.getByRole("alert").filter({ hasText: "Merge Gifts into Leisure?" })).toBeVisible();
  // Saving instead would leave the question without an answer.
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert").filter({ hasText: "Answer this before you save." })).toBeVisible();
  // The focus is on *Cancel*, not on the action that cannot be undone.
  await expect(form.getByRole("button", { name: "Cancel" }).first()).toBeFocused();
  await form.getByLabel("Name").press("Enter");
  await expect(form).toBeVisible();
  // Enter again cancels.
  await anna.page.keyboard.press("Enter");
  await expect(form.getByRole("button", { name: "Merge" })).toHaveCount(0);
  await expect(form).toBeVisible();
  await form.getByLabel("Merge into").selectOption({ label: "Leisure" });
  await form.getByRole("button", { name: "Merge" }).click();
  await expect(form).toBeHidden();
  await expect(category(anna, "Gifts")).toHaveCount(0);
  await expect(ben.rows("flowers")).toContainText("Leisure");
  await expect(ben.page.getByRole("form", { name: "Add a transaction" }).getByLabel("Category").locator("option", { hasText: "Gifts" })).toHaveCount(0);
});

test("an account is compared with its statement, and the difference is recorded in one step", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  await ben.add("12.50", "Gifts", "flowers");
  await expect(ben.rows("flowers")).toHaveCount(1);
  await anna.open("/household");
  await anna.live();
  await account(anna, "Card").click();
  const form = anna.page.getByRole("form", { name: "Edit the account" });
  await form.getByLabel("Balance on the statement").fill("-12.50");
  await expect(form).toContainText("It agrees.");
  await form.getByLabel("Balance on the statement").fill("-20");
  await expect(form).toContainText("Difference: −7.50");
  // Somebody enters the missing transaction at this moment.
  await ben.add("5", "Groceries", "bread");
  await expect(form).toContainText("Difference: −2.50");
  await form.getByLabel("Category").selectOption({ label: "Other" });
  // A category that another member adds above does not change the choice.
  await ben.api("post", "/articles", { name: "Allotment", kind: "expense" });
  await expect(form.getByLabel("Category").locator("option", { hasText: "Allotment" })).toHaveCount(1);
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Other");
  const record = form.getByRole("button", { name: /^Record the difference/ });
  // Words and amount are one line.
  for (const width of [390, 1440]) {
    await anna.page.setViewportSize({ width, height: 900 });
    const height = await record.evaluate((button) => {
      const range = document.createRange();
      range.selectNodeContents(button);
      return range.getBoundingClientRect().height / Number.parseFloat(getComputedStyle(button).lineHeight);
    });
    expect(height, `${width} px`).toBeLessThan(1.5);
  }
  await record.click();
  await expect(form).toContainText("It agrees.");
  await expect(ben.rows("Adjustment")).toContainText("−2.50");
});

test("a difference that is recorded on two screens at once is recorded once", async ({ household: { anna, ben } }) => {
  const form = (person: Person) => person.page.getByRole("form", { name: "Edit the account" });
  const record = (person: Person) => form(person).getByRole("button", { name: /^Record the difference/ });
  for (const person of [anna, ben]) {
    await person.open("/household");
    await person.live();
    await account(person, "Card").click();
    await form(person).getByLabel("Balance on the statement").fill("-20");
    await form(person).getByLabel("Category").selectOption({ label: "Other" });
    await expect(record(person)).toBeVisible();
  }
  // Ben's request is on its way while Anna's is carried out.
  let release = () => {};
  const arrives = new Promise<void>((resolve) => (release = resolve));
  await ben.page.route("**/api/ui/write*", async (route) => {
    await arrives;
    await route.continue();
  });
  await record(ben).click();
  await expect(form(ben)).toContainText("It agrees.");
  const answer = anna.page.waitForResponse("**/api/ui/write*");
  await record(anna).click();
  expect((await answer).ok()).toBeTruthy();
  release();
  const refused = "The balance of the account has changed meanwhile; nothing was recorded.";
  await expect(form(ben).getByRole("alert").filter({ hasText: refused })).toBeVisible();
  for (const person of [anna, ben]) await expect(form(person)).toContainText("It agrees.");
  const balance = async () => {
    const { items } = await anna.api<{ items: { name: string; balance: string }[] }>("get", "/financial-centers");
    return items.find(({ name }) => name === "Card")?.balance;
  };
  expect(await balance()).toBe("-20.00");
  await ben.page.unroute("**/api/ui/write*");
  // Looked at again, the message goes; a difference to another balance is recorded.
  await form(ben).getByLabel("Balance on the statement").fill("-25");
  await expect(form(ben).getByRole("alert").filter({ hasText: refused })).toHaveCount(0);
  await form(ben).getByLabel("Category").selectOption({ label: "Other" });
  await record(ben).click();
  await expect.poll(balance).toBe("-25.00");
  await ben.open("/");
  await expect(ben.rows("Adjustment")).toHaveCount(2);
});

test("an entered statement balance must be settled before the account's form closes", async ({ household: { anna } }) => {
  await anna.open("/household");
  await anna.live();
  await account(anna, "Card").click();
  const form = anna.page.getByRole("form", { name: "Edit the account" });
  const statement = form.getByLabel("Balance on the statement");
  await statement.fill("12 50");
  await expect(statement).not.toHaveAttribute("aria-invalid", "true");
  for (const save of [() => statement.press("Enter"), () => form.getByRole("button", { name: "Save" }).click(), () => form.getByRole("button", { name: "Archive" }).click()]) {
    await save();
    await expect(statement).toHaveAttribute("aria-invalid", "true");
    await expect(form.getByRole("alert").filter({ hasText: "12.50" })).toBeVisible();
    await expect(statement).toBeFocused();
    await expect(statement).toHaveValue("12 50");
  }
  await statement.fill("12.50");
  await expect(statement).not.toHaveAttribute("aria-invalid", "true");
  await statement.press("Enter");
  await expect(form).toContainText("Difference: 12.50");
  await expect(form.getByRole("alert").filter({ hasText: "Record the difference, or empty this field." })).toBeVisible();
  await expect(form.getByLabel("Category")).toBeFocused();
  await form.getByLabel("Name").fill("Bank card");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeVisible();
  // Once the field is empty, the form closes and saves the rest.
  await statement.fill("");
  await statement.press("Enter");
  await expect(form).toBeHidden();
  await expect(account(anna, "Bank card")).toBeVisible();
  // An opening balance that is typed and not saved counts, as it is saved together with what the statement asks for.
  await account(anna, "Bank card").click();
  await statement.fill("100");
  await form.getByLabel("Opening balance").fill("20");
  await expect(form).toContainText("Difference: 80.00");
  // An unsaved balance is not reported as matching.
  await form.getByLabel("Opening balance").fill("100");
  await expect(form).toContainText("It agrees with the new opening balance, once that is saved.");
  await form.getByLabel("Opening balance").fill("20");
  await expect(form).toContainText("Difference: 80.00");
  await form.getByLabel("Category").selectOption({ label: "Salary" });
  await form.getByRole("button", { name: /^Record the difference/ }).click();
  await expect(form).toContainText("It agrees with the new opening balance, once that is saved.");
  await expect(statement).toBeFocused();
  await statement.press("Enter");
  await expect(form).toBeHidden();
  await expect(account(anna, "Bank card")).toContainText("100.00");
  await account(anna, "Bank card").click();
  await statement.fill("100");
  await expect(form).toContainText("It agrees.");
  await statement.press("Enter");
  await expect(form).toBeHidden();
  await account(anna, "Bank card").click();
  await form.getByLabel("Opening balance").fill("-80");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  // A matching balance does not prevent it either.
  await account(anna, "Bank card").click();
  await statement.fill("0");
  await expect(form).toContainText("It agrees.");
  await statement.press("Enter");
  await expect(form).toBeHidden();
});

test("the history of a balance is opened with an account and moves when the other one pays", async ({ household: { anna, ben } }) => {
  const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const centers = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const before = `${Number(today.slice(0, 4)) - 1}${today.slice(4, 7)}-15`;
  const card = centers.find((row) => row.name === "Card")?.id;
  await anna.api("post", "/facts", { amount: "-30", article_id: articles[0].id, financial_center_id: card, date: before });
  await Promise.all([anna.open("/household"), ben.openLive()]);
  await anna.live();
  await account(anna, "Card").click();
  const form = anna.page.getByRole("form", { name: "Edit the account" });
  await form.getByText("History").click();
  const months = form.getByRole("table", { name: "Balance at the end of each month" }).getByRole("row");
  await expect(months).toHaveCount(12);
  await expect(months.first()).toContainText("−30.00 €");
  await expect(form.locator(".history-line polyline")).toHaveAttribute("points", /^0,/);
  await ben.add("12.50", "Gifts");
  await expect(ben.rows("Gifts")).toHaveCount(1);
  await expect(months.first()).toContainText("−42.50 €");
  await expect(months.last()).toContainText("−30.00 €");
});

test("text typed in one list is kept when another list is opened and cancelled", async ({ household: { anna } }) => {
  await anna.open("/household");
  const { page } = anna;
  await category(anna, "Leisure").click();
  const form = page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Name").fill("Half typed");
  await account(anna, "Card").click();
  const other = page.getByRole("form", { name: "Edit the account" });
  await other.getByRole("button", { name: "Cancel" }).click();
  await expect(other).toBeHidden();
  await category(anna, "Gifts").click();
  await expect(page.getByText("Not saved yet. Save it, or press Cancel to discard what you typed.")).toBeVisible();
  await expect(form.getByLabel("Name")).toHaveValue("Half typed");
});
