import { expect, test } from "../support/fixtures";

/** In alphabetical order; Latin before Cyrillic, and Ё a separate letter after Е. */
const sorted = ["10 things", "2nd car", "apfel", "Äpfel", "Auto", "Čaj", "Łódź", "Lotto", "strasse 2", "Straße 3", "Żabka", "Еда", "Ель", "Ёж", "Ёлка", "Жильё", "Йога"];

test("names have the same order on the server, in the browser and in Intl.Collator", async ({ household: { anna } }) => {
  for (const name of [...sorted].reverse()) await anna.api("post", "/financial-centers", { name, currency: "EUR" });
  for (const name of [...sorted].reverse()) await anna.api("post", "/articles", { name, kind: "expense" });
  const { items } = await anna.api<{ items: { name: string }[] }>("get", "/articles");
  const mine = (names: string[]) => names.map((name) => name.trim()).filter((name) => sorted.includes(name));
  // The server's page alone, and the same page with its program.
  const options = () => anna.page.locator("#add-article option").allTextContents();
  const html = await (await anna.request.get(`${anna.server.url}/`)).text();
  await anna.openLive();
  const written = await anna.page.evaluate((html) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    return [...page.querySelectorAll("#add-article option")].map((option) => option.textContent ?? "");
  }, html);
  expect(mine(await options())).toEqual(sorted);
  expect(mine(written)).toEqual(sorted);
  expect(items.length).toBeGreaterThan(sorted.length);
  // What arrives live is inserted in the same order.
  await anna.api("post", "/articles", { name: "Ёжик", kind: "expense" });
  await expect(anna.page.locator("#add-article option").filter({ hasText: "Ёжик" })).toHaveCount(1);
  const all = await options();
  expect(all.indexOf("Ёжик")).toBe(all.indexOf("Ёж") + 1);
  // Chromium has no collation of its own for Belarusian, whose Ё is a letter after Е; Node.js has.
  const cyrillic = sorted.filter((name) => /^\p{Script=Cyrillic}/u.test(name));
  expect([...cyrillic].reverse().sort(new Intl.Collator("be").compare)).toEqual(cyrillic);
  const chromium = (names: string[], locale: string) =>
    anna.page.evaluate(([names, locale]) => [...names].reverse().sort(new Intl.Collator(locale).compare), [names, locale] as const);
  const latin = sorted.filter((name) => !cyrillic.includes(name));
  expect(await chromium(latin, "en")).toEqual(latin);
  const others = cyrillic.filter((name) => !name.startsWith("Ё"));
  expect(await chromium(others, "ru")).toEqual(others);
});

test("letters find names without their accents", async ({ household: { anna } }) => {
  for (const name of ["Äpfel", "Łódź", "Straße", "Ёлочка"]) await anna.api("post", "/articles", { name, kind: "expense" });
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  const list = form.getByLabel("Category");
  for (const [typed, name] of [["apf", "Äpfel"], ["lod", "Łódź"], ["strasse", "Straße"], ["tkjx", "Ёлочка"], ["APF", "Äpfel"]]) {
    await list.focus();
    await anna.page.keyboard.type(typed);
    await expect.poll(() => list.evaluate((select: HTMLSelectElement) => select.selectedOptions[0].text.trim()), typed).toBe(name);
    await form.getByLabel("Note").focus();
  }
});

test("amounts are accepted as people write them, in each amount field", async ({ household: { anna } }) => {
  await anna.openLive();
  for (const [typed, shown] of [["1,234.56", "−1 234.56"], ["1.234,57", "−1 234.57"], ["€ 12.58", "−12.58"], ["(30.59)", "−30.59"], ["１２．６０", "−12.60"]]) {
    await anna.add(typed, "Groceries", typed);
    await expect(anna.rows(typed)).toContainText(shown.replace(" ", "\u202f"));
  }
  // The editor.
  await anna.rows("€ 12.58").getByRole("button").click();
  const editor = anna.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Amount").fill("12 50");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(editor.getByText("This can be read in two ways")).toBeVisible();
  await editor.getByLabel("Amount").fill("\u20131'250.75");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("€ 12.58")).toContainText("−1\u202f250.75");
  // An opening balance and a statement.
  await anna.page.getByRole("link", { name: "Household" }).click();
  await anna.page.getByRole("button", { name: "Add an account" }).click();
  const account = anna.page.getByRole("form", { name: "Add an account" });
  await account.getByLabel("Name").fill("Dinars");
  await account.getByLabel("Opening balance").fill("$ 5");
  await account.getByRole("button", { name: "Save" }).click();
  await expect(account.getByText("the sign of another currency")).toBeVisible();
  await account.getByLabel("Opening balance").fill("1,000.25 + 0.25");
  await account.getByRole("button", { name: "Save" }).click();
  await expect(anna.page.getByRole("button", { name: /Dinars/ })).toContainText("1\u202f000.50");
});

test("several cells or lines pasted into an amount are refused, not joined into one large amount", async ({ household: { anna } }) => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  const amount = form.getByLabel("Amount");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  for (const text of ["12\t500", "12\n500", "12\r\n500\r\n", "100\t200\t300\n"]) {
    await amount.fill("");
    await amount.focus();
    await anna.page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await anna.page.keyboard.press("Control+v");
    await amount.press("Enter");
    await expect(amount, text).toHaveAttribute("aria-invalid", "true");
    await expect(amount).toHaveValue(/12|100/);
  }
  // One cell, as a spreadsheet copies it, is that amount.
  await amount.fill("");
  await amount.focus();
  await anna.page.evaluate(() => navigator.clipboard.writeText("12.50\n"));
  await anna.page.keyboard.press("Control+v");
  await amount.press("Enter");
  await expect(anna.page.locator(".row")).toHaveCount(1);
  await expect(anna.page.locator(".row")).toContainText("−12.50");
});

test("the Enter that ends a composition saves nothing", async ({ household: { anna } }) => {
  await anna.openLive();
  const form = anna.page.getByRole("form", { name: "Add a transaction" });
  await form.getByLabel("Amount").fill("5");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  const note = form.getByLabel("Note");
  await note.focus();
  const devtools = await anna.context.newCDPSession(anna.page);
  await devtools.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await note.press("Enter");
  // Safari reports it by a key code, when the composition has already ended.
  const safari = () => anna.page.evaluate(() => {
    const event = new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true, cancelable: true } as KeyboardEventInit);
    return document.activeElement?.dispatchEvent(event);
  });
  expect(await safari(), "what the browser would do at it is prevented").toBe(false);
  await devtools.send("Input.insertText", { text: "日本" });
  await expect(note).toHaveValue("日本");
  await expect(anna.rows("Groceries")).toHaveCount(0);
  await note.press("Enter");
  await expect(anna.rows("日本")).toHaveCount(1);
});

test("a right-to-left note does not move the figures next to it", async ({ household: { anna } }) => {
  await anna.api("post", "/financial-centers", { name: "כרטיס", currency: "EUR" });
  await anna.openLive();
  await anna.add("7", "Groceries", "קניות");
  const row = anna.rows("קניות");
  await expect(row.locator(".row-second")).toContainText("\u2068קניות\u2069 · ");
  await anna.add("8", "Groceries", "a\u2069\u202eb");
  await expect(anna.rows("−8.00").locator(".row-second")).toContainText("\u2068ab\u2069 · ");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("every amount that may be negative has a sign key on the screen", async ({ household: { anna } }) => {
    await anna.api("post", "/financial-centers", { name: "Credit", currency: "EUR" });
    await anna.openLive();
    const key = (within = anna.page.locator("body")) => within.getByRole("button", { name: "Change the sign" });
    await expect(key().first()).toBeVisible();
    await anna.page.getByRole("link", { name: "Household" }).click();
    await anna.page.getByRole("button", { name: /Credit/ }).click();
    const account = anna.page.getByRole("form", { name: "Edit the account" });
    // For the opening balance and for the statement.
    await expect(key(account)).toHaveCount(2);
    await account.getByLabel("Balance on the statement").fill("50");
    for (const shown of ["50", "-50"]) {
      await key(account).nth(1).tap();
      await expect(account.getByLabel("Balance on the statement")).toHaveValue(shown === "50" ? "+50" : "-50");
    }
    await expect(account.locator("#center-difference")).toContainText("−50.00");
    await account.getByRole("button", { name: "Cancel" }).click();
    await anna.page.getByRole("button", { name: "Add something recurring" }).click();
    await expect(key(anna.page.getByRole("form", { name: "Add something recurring" }))).toBeVisible();
  });
});
