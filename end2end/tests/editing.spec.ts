import { expect, test } from "../support/fixtures";

test("the focus follows a row that moves to another day", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "moves");
  const row = anna.rows("moves").getByRole("button");
  await row.click();
  const editor = anna.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Date").fill("2026-01-31");
  await editor.getByLabel("Note").press("Enter");
  await expect(anna.page.getByRole("heading", { name: /31 January/ })).toBeVisible();
  await expect(row).toBeFocused();
});

test("opening and closing a row changes no other row", async ({ household: { anna } }) => {
  await anna.openLive();
  for (const note of ["first", "second", "third"]) await anna.add("5", "Groceries", note);
  await anna.upToDate();
  const changed = await anna.rows("second").evaluateHandle((own) => {
    const others: string[] = [];
    const observer = new MutationObserver((all) => {
      for (const { target } of all) {
        const item = (target instanceof Element ? target : target.parentElement)?.closest(".row-item");
        if (item && item !== own) others.push(item.textContent ?? "");
      }
    });
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    return others;
  });
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  await anna.rows("second").getByRole("button").click();
  await expect(form).toBeVisible();
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(form).toHaveCount(0);
  await expect(anna.rows("second").getByRole("button")).toBeFocused();
  expect(await changed.jsonValue()).toEqual([]);
});

test("an open edit with something typed in it survives a visit to another page", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("10", "Groceries", "first");
  await anna.add("20", "Clothes", "second");
  await expect(ben.rows("second")).toBeVisible();
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  const visit = async () => {
    await anna.page.getByRole("link", { name: "Household" }).click();
    await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
    await anna.page.getByRole("link", { name: "Today" }).click();
  };
  // A row without unsaved text is closed.
  await anna.rows("first").getByRole("button").click();
  await expect(form).toBeVisible();
  await visit();
  await expect(anna.rows("first")).toBeVisible();
  await expect(form).toHaveCount(0);

  await anna.rows("first").getByRole("button").click();
  await form.getByLabel("Amount").fill("12,30");
  await form.getByLabel("Category").selectOption({ label: "Gifts" });
  await form.getByLabel("Note").fill("half a thought");
  await visit();
  await expect(form.getByLabel("Amount")).toHaveValue("12,30");
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Gifts");
  await expect(form.getByLabel("Note")).toHaveValue("half a thought");
  // It still prevents another row from opening.
  await anna.rows("second").getByRole("button").click();
  await expect(form.getByRole("alert").filter({ hasText: "Not saved yet. Save it, or press Cancel to discard what you typed." })).toBeVisible();
  // A change that another member makes while it is hidden is a conflict, and is not overwritten.
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  const other = ben.page.getByRole("form", { name: "Edit the transaction" });
  await ben.rows("first").getByRole("button").click();
  await other.getByLabel("Amount").fill("11");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other).toBeHidden();
  for (const person of [ben, anna]) await person.upToDate();
  await anna.page.getByRole("link", { name: "Today" }).click();
  await expect(form.getByLabel("Amount")).toHaveValue("12,30");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form.getByRole("alert").filter({ hasText: "Ben changed this while you were editing" })).toContainText("−11.00");
  await form.getByRole("button", { name: "Keep mine" }).click();
  await expect(ben.rows("half a thought")).toContainText("−12.30");
  await expect(ben.rows("half a thought")).toContainText("Gifts");
  // Once it is saved or cancelled, the text does not return.
  await visit();
  await expect(anna.rows("half a thought")).toBeVisible();
  await expect(form).toHaveCount(0);

  // If another member deletes the row while it is hidden, the text can still be kept.
  await anna.rows("second").getByRole("button").click();
  await form.getByLabel("Note").fill("typed over what is gone");
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await ben.rows("second").getByRole("button").click();
  await other.getByRole("button", { name: "Delete" }).click();
  await expect(ben.rows("second")).toHaveCount(0);
  await anna.page.getByRole("link", { name: "Today" }).click();
  await expect(form.getByText("Deleted while you were editing")).toBeVisible();
  await expect(form.getByLabel("Note")).toHaveValue("typed over what is gone");
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByRole("button", { name: "Restore with my change" }).click();
  await expect(ben.rows("typed over what is gone")).toContainText("−20.00");
});

const unsaved = "Not saved yet. Save it, or press Cancel to discard what you typed.";

test("Escape closes an edit in which nothing is typed, and keeps what is typed", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "kept");
  const row = anna.rows("kept").getByRole("button");
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  await row.click();
  await anna.page.keyboard.press("Escape");
  await expect(form).toHaveCount(0);
  await expect(row).toBeFocused();
  await row.press("Enter");
  await form.getByLabel("Note").fill("kept all the same");
  for (let times = 0; times < 3; times += 1) {
    await anna.page.keyboard.press("Escape");
    await expect(form.getByText(unsaved)).toBeVisible();
    await expect(form.getByRole("button", { name: "Save" })).toBeFocused();
  }
  await form.getByLabel("Note").fill("kept after all");
  await expect(form.getByText(unsaved)).toHaveCount(0);
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(row).toContainText("kept");
  await expect(form).toHaveCount(0);
});

for (const [width, height] of [[390, 510], [1440, 900]]) {
  test(`opening another row at ${width}×${height} brings the row with unsaved text into view`, async ({ household: { anna } }) => {
    await anna.page.setViewportSize({ width, height });
    const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
    const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
    const article_id = articles.find((row) => row.name === "Groceries")?.id;
    for (let n = 10; n < 40; n += 1) {
      await anna.api("post", "/facts", { amount: `-${n}`, article_id, financial_center_id: center.id, comment: `number ${n}` });
    }
    await anna.openLive();
    const form = anna.page.getByRole("form", { name: "Edit the transaction" });
    await anna.rows("number 39").getByRole("button").click();
    await form.getByLabel("Note").fill("half a thought");
    await anna.rows("number 10").getByRole("button").click();
    const said = form.getByText(unsaved);
    await expect(said).toBeInViewport({ ratio: 1 });
    const save = form.getByRole("button", { name: "Save" });
    await expect(save).toBeFocused();
    // Nothing that stays in its place lies over them.
    for (const shown of [said, save]) {
      const over = await shown.evaluate((element) => {
        const { left, top, width: wide, height: high } = element.getBoundingClientRect();
        const there = document.elementFromPoint(left + wide / 2, top + high / 2);
        return element.contains(there) ? "" : String(there?.outerHTML);
      });
      expect(over).toBe("");
    }
    await expect(form.getByLabel("Note")).toHaveValue("half a thought");
  });
}

test("what is typed in a row survives the settings and a reload, until it is saved or discarded", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("10", "Groceries", "lunch");
  const form = anna.page.getByRole("form", { name: "Edit the transaction" });
  await anna.rows("lunch").getByRole("button").click();
  await form.getByLabel("Amount").fill("-12");
  anna.page.on("dialog", (dialog) => void dialog.accept());
  await anna.page.getByRole("link", { name: "Settings" }).click();
  await expect(anna.page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await anna.openLive();
  await expect(form.getByLabel("Amount")).toHaveValue("-12");
  await anna.page.reload();
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await ben.openLive();
  await expect(ben.rows("lunch")).toContainText("−12.00");
  await anna.openLive();
  await expect(form).toBeHidden();
  // Discarded.
  await anna.rows("lunch").getByRole("button").click();
  await form.getByLabel("Amount").fill("-13");
  await form.getByRole("button", { name: "Cancel" }).click();
  await anna.openLive();
  await expect(anna.rows("lunch")).toContainText("−12.00");
  await expect(form).toBeHidden();
});
