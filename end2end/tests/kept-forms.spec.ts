import type { Locator } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";
import { back, lose, writes } from "../support/writes";

async function anotherPage({ page }: Person): Promise<void> {
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
  await page.getByRole("link", { name: "Household" }).click();
  await expect(page.getByRole("heading", { name: "Categories" })).toBeVisible();
}

test("the balance of a statement and the category of its difference survive a look at another page, and end with the form", async ({ household: { anna } }) => {
  await anna.open("/household");
  await anna.live();
  const { page } = anna;
  const form = page.getByRole("form", { name: "Edit the account" });
  const statement = form.getByLabel("Balance on the statement");
  await page.getByRole("button", { name: /^Card/ }).click();
  await statement.fill("100+20");
  await anotherPage(anna);
  await expect(statement).toHaveValue("100+20");
  await expect(form.getByRole("status").filter({ hasText: "Difference: 120.00" })).toBeVisible();
  await form.getByLabel("Category").selectOption({ label: "Gifts" });
  await anotherPage(anna);
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Gifts");
  await form.getByRole("button", { name: /Record the difference/ }).click();
  await expect(form.getByText("It agrees.")).toBeVisible();
  await form.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: /^Card.*120\.00/ })).toBeVisible();
  // What was settled does not come back, neither here nor in another account.
  for (const name of [/^Card/, /^Cash/]) {
    await page.getByRole("button", { name }).click();
    await expect(statement).toHaveValue("");
    await form.getByRole("button", { name: "Cancel" }).click();
  }
});

test("the category that another one is to be merged into survives a look at another page", async ({ household: { anna } }) => {
  await anna.open("/household");
  await anna.live();
  const { page } = anna;
  const form = page.getByRole("form", { name: "Edit the category" });
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  await form.getByLabel("Merge into").selectOption({ label: "Leisure" });
  await anotherPage(anna);
  await expect(form.getByLabel("Merge into").locator("option:checked")).toHaveText("Leisure");
  await expect(form.getByText("Merge Gifts into Leisure?")).toBeVisible();
  await form.getByText("Merge Gifts into Leisure?").locator("..").getByRole("button", { name: "Cancel" }).click();
  await expect(form.getByLabel("Merge into").locator("option:checked")).toHaveText("Choose…");
  await form.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  await expect(form.getByLabel("Merge into").locator("option:checked")).toHaveText("Choose…");
});

test("a refused merge is corrected in the form of its category, with what it was to be merged into", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await anna.live();
  const { page } = anna;
  const form = page.getByRole("form", { name: "Edit the category" });
  const refused = page.getByRole("region", { name: "Categories" }).getByRole("alert").filter({ hasText: "Not saved" });
  const into = form.getByLabel("Merge into");
  await page.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }), { times: 1 });
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  await into.selectOption({ label: "Leisure" });
  await form.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(refused.getByRole("button")).toHaveText(["Correct", "Try again", "Discard"]);
  await refused.getByRole("button", { name: "Correct" }).click();
  await expect(into.locator("option:checked")).toHaveText("Leisure");
  await expect(form.getByText("Merge Gifts into Leisure?")).toBeVisible();
  // Nothing was typed, so it can be left.
  await page.keyboard.press("Escape");
  await expect(form).toBeHidden();

  // From another page; and meanwhile the other category cannot be chosen any more.
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const id = (name: string) => items.find((row) => row.name === name)?.id;
  await ben.api("patch", `/articles/${id("Leisure")}`, { archived: true });
  await anna.upToDate();
  await page.getByRole("button", { name: /Connection/ }).click();
  await page.locator("#connection").getByRole("link", { name: "Correct" }).click();
  await expect(into.locator("option:checked")).toHaveText("Choose…");
  await into.selectOption({ label: "Clothes" });
  await form.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(page.getByRole("button", { name: "Gifts", exact: true })).toHaveCount(0);
  await expect(refused).toHaveCount(0);
  await expect.poll(async () => (await ben.api<{ items: { name: string }[] }>("get", "/articles")).items.map((row) => row.name)).not.toContain("Gifts");
});

test("a merge that is refused because somebody changed the category is made on the category as it is now", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await anna.live();
  const { page } = anna;
  const form = page.getByRole("form", { name: "Edit the category" });
  await page.route(writes, lose);
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  await form.getByLabel("Merge into").selectOption({ label: "Leisure" });
  await form.getByRole("button", { name: "Merge", exact: true }).click();
  await expect(form).toBeHidden();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  await ben.api("patch", `/articles/${items.find((row) => row.name === "Gifts")?.id}`, { name: "Presents" });
  await back(anna);
  const refused = page.getByRole("region", { name: "Categories" }).getByRole("alert").filter({ hasText: "Not saved" });
  await refused.getByRole("button", { name: "Correct" }).click();
  await expect(form.getByLabel("Name")).toHaveValue("Presents");
  await expect(form.locator(".conflict"), "it has no two versions").toHaveCount(0);
  await form.getByRole("button", { name: "Merge", exact: true }).click();
  await expect.poll(async () => (await ben.api<{ items: { name: string }[] }>("get", "/articles")).items.map((row) => row.name)).not.toContain("Presents");
  await expect(refused).toHaveCount(0);
});

test("a form that is left says what its own button does", async ({ household: { anna } }) => {
  await anna.openLive();
  const { page } = anna;
  await anna.add("5", "Groceries", "milk");
  const says = async (form: Locator, close: () => Promise<void>) => {
    await page.keyboard.press("Escape");
    const button = form.locator("button[type=submit]");
    await expect(button).toBeFocused();
    const word = await button.innerText();
    await expect(form.getByRole("alert").filter({ hasText: "press Cancel" })).toHaveText(new RegExp(`yet\\. ${word} it, or press Cancel`));
    await close();
  };
  const quick = page.getByRole("form", { name: "Add a transaction" });
  for (const kind of ["Transfer", "Split"]) {
    await quick.getByRole("button", { name: `${kind}…` }).click();
    const dialog = page.getByRole("dialog", { name: kind });
    await dialog.getByLabel("Amount").first().fill("7");
    await says(dialog, () => dialog.getByRole("button", { name: "Cancel" }).click());
  }
  await anna.rows("milk").getByRole("button").click();
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Note").fill("oat milk");
  await says(editor, () => editor.getByRole("button", { name: "Cancel" }).click());
  await page.getByRole("link", { name: "Household" }).click();
  for (const [what, field] of [["a category", "Name"], ["an account", "Name"], ["something recurring", "Note"]]) {
    await page.getByRole("button", { name: `Add ${what}` }).click();
    const form = page.getByRole("form", { name: `Add ${what}` });
    await form.getByLabel(field).fill("New");
    await says(form, () => form.getByRole("button", { name: "Cancel" }).click());
  }
});
