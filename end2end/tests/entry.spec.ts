import type { Locator } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { lateProgram } from "../support/stopped";

test("a purchase is entered, changed and deleted by keyboard alone", async ({ household: { anna } }) => {
  await anna.openLive();
  const page = anna.page;
  const amount = page.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount");
  await expect(amount, "in an empty book the caret is in the amount").toBeFocused();
  await page.keyboard.type("7,35");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Groc");
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−7.35");
  await expect(amount).toBeFocused();
  await expect(amount).toHaveValue("");
  await page.reload();
  await anna.live();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();

  const row = anna.rows("Groceries").getByRole("button");
  for (let at = 0; at < 20 && !(await row.evaluate((button) => button === document.activeElement)); at += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  await expect(editor.getByLabel("Amount")).toBeFocused();
  await page.keyboard.type("-8");
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−8.00");
  await expect(row).toBeFocused();

  await page.keyboard.press("Enter");
  const remove = editor.getByRole("button", { name: "Delete" });
  for (let at = 0; at < 12 && !(await remove.evaluate((button) => button === document.activeElement)); at += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−8.00");
  await expect(row).toBeFocused();
});

test("a typed entry that is not added yet survives a visit to another page", async ({ household: { anna } }) => {
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Amount").fill("17,30");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  await form.getByLabel("Note").fill("half a thought");
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await anna.page.getByRole("link", { name: "Today" }).click();
  await expect(form.getByLabel("Amount")).toHaveValue("17,30");
  await expect(form.getByLabel("Note")).toHaveValue("half a thought");
  await form.getByLabel("Amount").press("Enter");
  await expect(anna.rows("half a thought")).toContainText("−17.30");
  await expect(anna.rows("half a thought")).toContainText("Groceries");
});

test("the message under a field is the sentence of its error, and nothing typed is lost", async ({ household: { anna } }) => {
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  for (const [typed, message] of [
    ["", "This is needed"],
    ["0", "The amount is zero: enter what was paid or received"],
    ["0.234", "Amounts in this currency have 2 decimals"],
    ["12 50", "This can be read in two ways. Enter the amount without grouping, for example 12.50"],
    ["$ 5", "This is the sign of another currency. Enter the amount without it, for example 12.50"],
    ["1e9", "Enter an amount, for example 12.50"],
    ["9".repeat(400), "The amount is too large"],
  ]) {
    await anna.add(typed, "Groceries", "kept");
    await expect(form.getByText(message)).toBeVisible();
    await expect(form.getByLabel("Amount")).toHaveValue(typed);
    await expect(form.getByLabel("Note")).toHaveValue("kept");
  }
  await expect(anna.rows("Groceries")).toHaveCount(0);
});

test("the sign comes from the category unless it is typed", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("100", "Salary", "wage");
  await anna.add("+5", "Groceries", "refund");
  await expect(anna.rows("wage")).toContainText("+100.00");
  await expect(anna.rows("refund")).toContainText("+5.00");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("the account that the label names is the account that chips write to", async ({ household: { anna } }) => {
    await anna.openLive();
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    const behind = form.getByRole("button", { name: /More fields/ });
    await expect(behind).toContainText("Card");
    await behind.tap();
    const sheet = anna.page.locator("dialog.sheet");
    await sheet.getByLabel("Account").selectOption({ label: "Cash" });
    await sheet.getByRole("button", { name: "Done" }).tap();
    await expect(behind).toContainText("Cash");
    const balance = (name: string) => anna.page.locator(".balance").filter({ hasText: name });
    for (const spent of ["5.00", "10.00"]) {
      await form.getByLabel("Amount").fill("5");
      await form.locator(".chip").first().tap();
      // The balances have changed, so the list of accounts was rendered again.
      await expect(balance("Cash")).toContainText(`−${spent}`);
      await expect(anna.rows("waiting…")).toHaveCount(0);
      await expect(behind).toContainText("Cash");
      await expect(sheet.getByLabel("Account").locator("option:checked")).toHaveText("Cash");
    }
    await expect(balance("Card")).not.toContainText("−");
  });

  test("a purchase is entered by touch", async ({ household: { anna, ben } }) => {
    await ben.openLive();
    await anna.openLive();
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    let taps = 0;
    const tap = async (target: Locator) => {
      taps += 1;
      await target.tap();
    };
    await tap(form.getByLabel("Amount"));
    await anna.page.keyboard.type("3,20");
    await tap(form.getByRole("button", { name: "Groceries" }));
    await expect(ben.rows("Groceries")).toContainText("−3.20");
    expect(taps, "amount, one chip, done").toBe(2);

    // Everything else is behind one row; the sign has its own key.
    await tap(form.getByRole("button", { name: "Change the sign" }));
    await anna.page.keyboard.type("5");
    await expect(form.getByLabel("Amount")).toHaveValue("+5");
    await form.getByRole("button", { name: /More fields/ }).tap();
    const sheet = anna.page.getByRole("dialog", { name: "More fields" });
    await sheet.getByLabel("Category").selectOption({ label: "Gifts" });
    await sheet.getByLabel("Account").selectOption({ label: "Cash" });
    await sheet.getByLabel("Note").fill("from grandma");
    await sheet.getByRole("button", { name: "Done" }).tap();
    await expect(sheet).toBeHidden();
    await expect(form.getByRole("button", { name: /Cash · Today · from grandma/ })).toBeVisible();
    await form.getByRole("button", { name: /More fields/ }).tap();
    await sheet.getByRole("button", { name: "Add" }).tap();
    await expect(sheet).toBeHidden();
    await expect(ben.rows("from grandma")).toContainText("+5.00");
    await expect(ben.rows("from grandma")).toContainText("Cash");

    // Without a category the sheet asks for one, and the amount stays.
    await form.getByLabel("Amount").fill("6");
    await form.getByLabel("Amount").press("Enter");
    await expect(sheet.getByText("This is needed")).toBeVisible();
    await anna.page.keyboard.press("Escape");
    await expect(form.getByLabel("Amount")).toHaveValue("6");
    const wide = await anna.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    expect(wide, "nothing is wider than the screen").toBe(false);
  });
});

test.describe("before the program has loaded", () => {
  test.use({ javaScriptEnabled: false });

  test("the page shows its rows, and the form posts", async ({ household: { anna } }) => {
    await anna.page.goto(`${anna.server.url}/`);
    const form = anna.page.getByRole("form", { name: "Add a transaction" });
    await form.getByLabel("Amount").fill("4,40");
    await form.getByLabel("Category").selectOption({ label: "Groceries" });
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(anna.rows("Groceries")).toContainText("−4.40");
    await form.getByLabel("Amount").fill("0");
    await form.getByLabel("Category").selectOption({ label: "Groceries" });
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(anna.page.getByText("The amount is zero", { exact: false })).toBeVisible();
    await expect(anna.rows("Groceries")).toHaveCount(1);
    // What was typed comes back in the form, and not in the address, until it is valid.
    await form.getByLabel("Amount").fill("12 50");
    await form.getByLabel("Category").selectOption({ label: "Fuel" });
    await form.getByLabel("Note").fill("on the way");
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(form.getByLabel("Amount")).toHaveAccessibleDescription(/read in two ways/);
    expect(anna.page.url()).toBe(`${anna.server.url}/`);
    await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Fuel");
    await expect(form.getByLabel("Note")).toHaveValue("on the way");
    await form.getByLabel("Amount").fill("12.50");
    await form.getByRole("button", { name: "Add", exact: true }).click();
    await expect(anna.rows("on the way")).toContainText("−12.50");
    await expect(form.getByLabel("Note")).toHaveValue("");
  });
});

test.describe("without the program, after the session has ended", () => {
  test.use({ javaScriptEnabled: false });

  for (const [who, viewport] of [["on a desktop", { width: 1440, height: 900 }], ["on a phone", { width: 390, height: 844 }]] as const) {
    test(`a transaction comes back in its form after signing in, ${who}`, async ({ browser, household: { anna } }) => {
      await anna.page.setViewportSize(viewport);
      const { page, server } = anna;
      const { email } = await anna.api<{ email: string }>("get", "/auth/me");
      await page.goto(`${server.url}/`);
      const form = page.getByRole("form", { name: "Add a transaction" });
      await form.getByLabel("Amount").fill("12 + 0.50");
      await form.getByLabel("Category").selectOption({ label: "Fuel" });
      await form.getByLabel("Account").selectOption({ label: "Cash" });
      await form.getByLabel("Note").fill('on the "way" <home>');
      // Another device ends the session.
      const other = await browser.newContext();
      const signIn = { email, password: "correct horse" };
      expect((await other.request.post(`${server.url}/api/v1/auth/login`, { data: signIn })).ok()).toBeTruthy();
      const { items } = await (await other.request.get(`${server.url}/api/v1/auth/sessions`)).json();
      for (const { id, current } of items) if (!current) await other.request.delete(`${server.url}/api/v1/auth/sessions/${id}`);
      await form.getByRole("button", { name: "Add", exact: true }).click();
      await expect(page.getByText("what you typed is not recorded yet")).toBeVisible();
      const door = page.getByRole("form", { name: "Sign in" });
      await door.getByLabel("Email").fill(email);
      await door.getByLabel("Password").fill("wrong horse");
      await door.getByRole("button", { name: "Sign in" }).click();
      await expect(door.getByRole("alert")).toContainText("Email or password is wrong");
      await door.getByLabel("Password").fill("correct horse");
      await door.getByRole("button", { name: "Sign in" }).click();
      await expect(form.getByText("This is not recorded yet. Look through it, then press Add.")).toBeVisible();
      expect(page.url(), "nothing typed is in an address").toBe(`${server.url}/`);
      await expect(form.getByLabel("Amount")).toHaveValue("12 + 0.50");
      await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Fuel");
      await expect(form.getByLabel("Account").locator("option:checked")).toHaveText("Cash");
      await expect(form.getByLabel("Note")).toHaveValue('on the "way" <home>');
      await expect(anna.rows("on the")).toHaveCount(0);
      await form.getByRole("button", { name: "Add", exact: true }).click();
      await expect(anna.rows('on the "way" <home>')).toContainText("−12.50");
      await other.close();
    });
  }
});

test("what is typed before the program starts is newer than a draft", async ({ household: { anna } }) => {
  const { page } = anna;
  const form = page.getByRole("form", { name: "Add a transaction" });
  await anna.openLive();
  await form.getByLabel("Amount").fill("12");
  await form.getByLabel("Note").fill("from before");
  await form.getByLabel("Category").selectOption({ label: "Fuel" });
  const arrive = await lateProgram(page);
  await page.reload();
  await expect(form.getByLabel("Amount")).toHaveValue("");
  await form.getByLabel("Amount").fill("7");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  arrive();
  await anna.live();
  await expect(form.getByLabel("Note")).toHaveValue("from before");
  await expect(form.getByLabel("Amount")).toHaveValue("7");
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Groceries");
});

test("a category is found by a few letters, in either alphabet and on the wrong keyboard", async ({ household: { anna, ben } }) => {
  await anna.api("post", "/articles", { name: "Продукты", kind: "expense" });
  await anna.api("post", "/articles", { name: "Garden", kind: "expense" });
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  const list = form.getByLabel("Category");
  const chosen = () => list.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0].text.trim());
  const { keyboard } = anna.page;
  // Like a keyboard with this layout.
  const type = async (letters: string) => {
    for (const key of letters) await list.dispatchEvent("keydown", { key });
  };
  await form.getByLabel("Amount").fill("7");
  await list.focus();
  for (const [typed, name] of [["outg", "Eating out"], ["gar", "Garden"], ["ghj", "Продукты"], ["fuel", "Fuel"], ["prod", "Продукты"], ["chi", "Children"], ["про", "Продукты"], ["пкщ", "Groceries"]]) {
    if (typed === "outg") {
      // A letter that matches nothing starts a new search.
      await keyboard.type("out");
      expect(await chosen()).toBe(name);
    } else {
      await keyboard.press("Escape");
      await type(typed);
      expect(await chosen(), typed).toBe(name);
    }
  }
  // Arrows move through the matches, Backspace removes a letter.
  await keyboard.press("Escape");
  await keyboard.type("g");
  const fitting = form.getByRole("status").filter({ has: anna.page.locator("kbd") });
  await expect(fitting).toContainText("Garden");
  const first = await chosen();
  await keyboard.press("ArrowDown");
  expect(await chosen()).not.toBe(first);
  await keyboard.press("ArrowUp");
  expect(await chosen()).toBe(first);
  await keyboard.type("ro");
  expect(await chosen()).toBe("Groceries");
  await keyboard.press("Backspace");
  await expect(fitting.locator("kbd")).toHaveText("gr");
  await keyboard.press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−7.00");
  await expect(fitting).toHaveCount(0);
  // Once used, it comes before other matches.
  await form.getByLabel("Amount").fill("8");
  await list.focus();
  await keyboard.type("g");
  expect(await chosen()).toBe("Groceries");
  await ben.openLive();
  await expect(ben.rows("Groceries")).toHaveCount(1);
});

test("words with a hash are tags beside the note, on both screens", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await anna.add("40", "Fuel", "petrol #trip #Тёплое-море");
  for (const person of [anna, ben]) {
    const row = person.rows("petrol");
    await expect(row.locator(".tag")).toHaveText(["#trip", "#тёплое-море"]);
    await expect(row.locator(".row-second")).toContainText("petrol · Card");
  }
  await anna.rows("petrol").getByRole("button").click();
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  await expect(form.getByLabel("Note")).toHaveValue("petrol #trip #Тёплое-море");
  await form.getByLabel("Note").fill("petrol #trip");
  await form.getByLabel("Note").press("Enter");
  await expect(ben.rows("petrol").locator(".tag")).toHaveText(["#trip"]);
  const found = await ben.api<{ items: unknown[] }>("get", "/facts?tag=trip");
  expect(found.items).toHaveLength(1);
});
