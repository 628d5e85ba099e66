import { expect, test } from "../support/fixtures";

test("a usual purchase takes the amount and at most four keys", async ({ household: { anna } }) => {
  await anna.openLive();
  let keys = 0;
  const press = async (key: string) => {
    keys += 1;
    await anna.page.keyboard.press(key);
  };
  await expect(anna.page.getByLabel("Amount")).toBeFocused();
  await anna.page.keyboard.type("7.35");
  await press("Tab");
  await press("g");
  await press("r");
  await press("Enter");
  await expect(anna.rows("Groceries")).toContainText("−7.35");
  expect(keys).toBeLessThanOrEqual(4);
});

test("keys that work everywhere: a new entry, from row to row, and a list of them all", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.add("1", "Groceries", "one");
  await anna.add("2", "Gifts", "two");
  await expect(anna.page.getByRole("button", { name: /two/ })).toBeVisible();
  const amount = anna.page.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount");
  await amount.press("?");
  await expect(amount, "in a field a key is a letter").toHaveValue("?");
  await amount.fill("");
  await anna.rows("two").getByRole("button").focus();
  await anna.page.keyboard.press("ArrowDown");
  await expect(anna.rows("one").getByRole("button")).toBeFocused();
  await anna.page.keyboard.press("ArrowDown");
  await expect(anna.rows("one").getByRole("button")).toBeFocused();
  await anna.page.keyboard.press("ArrowUp");
  await expect(anna.rows("two").getByRole("button")).toBeFocused();
  await anna.page.keyboard.press("?");
  const help = anna.page.getByRole("dialog", { name: "Keys" });
  await expect(help).toBeVisible();
  await anna.page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await expect(anna.rows("two").getByRole("button"), "the focus comes back").toBeFocused();
  await anna.page.keyboard.press("n");
  await expect(amount).toBeFocused();
  await expect(amount).toHaveValue("");
});
