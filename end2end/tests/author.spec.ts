import { expect, type Person, test } from "../support/fixtures";

const badge = (person: Person, text: string) => person.rows(text).locator(".row-who .avatar");

test("the badge of a row is its author on every screen, before and after a reload, and its editor is in the details", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await anna.add("12.50", "Groceries", "lunch");
  for (const person of [anna, ben]) {
    await expect(badge(person, "lunch")).toHaveText("A");
    await expect(person.rows("lunch")).not.toContainText("edited by");
  }
  await ben.rows("lunch").getByRole("button").click();
  const editor = ben.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Amount").fill("-13");
  await editor.getByRole("button", { name: "Save" }).click();
  const isRight = async () => {
    for (const person of [anna, ben]) {
      await expect(person.rows("lunch")).toContainText("−13.00");
      await expect(person.rows("lunch")).toContainText("edited by Ben");
      await expect(badge(person, "lunch")).toHaveText("A");
    }
  };
  await isRight();
  await Promise.all([anna.openLive(), ben.openLive()]);
  await isRight();
  // After a correction by its author, no editor is shown any more.
  const { items } = await anna.api<{ items: { id: string }[] }>("get", "/facts");
  await anna.api("patch", `/facts/${items[0].id}`, { comment: "lunch for two" });
  for (const person of [anna, ben]) {
    await expect(person.rows("lunch for two")).not.toContainText("edited by");
    await expect(badge(person, "lunch for two")).toHaveText("A");
  }
});

test("a split belongs to whoever recorded it, also after somebody else added a part", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  const { items: articles } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const { items: centers } = await anna.api<{ items: { id: string }[] }>("get", "/financial-centers");
  const article = (name: string) => articles.find((row) => row.name === name)?.id;
  const part = (name: string, amount: string) => ({ article_id: article(name), amount });
  await anna.api("post", "/splits", { financial_center_id: centers[0].id, amount: "-10", comment: "market", parts: [part("Groceries", "-6"), part("Gifts", "-4")] });
  await ben.rows("market").getByRole("button").click();
  const dialog = ben.page.getByRole("dialog", { name: "Split" });
  await dialog.getByLabel("Amount").first().fill("-12");
  await dialog.getByRole("button", { name: "Add a part" }).click();
  const third = dialog.getByRole("group", { name: "Part 3", exact: true });
  await third.getByLabel("Category").selectOption({ label: "Clothes" });
  await third.getByLabel("Amount").fill("-2");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  for (const person of [anna, ben]) {
    await expect(person.rows("market")).toContainText("edited by Ben");
    await expect(badge(person, "market")).toHaveText("A");
    await person.openLive();
    await expect(person.rows("market")).toContainText("edited by Ben");
    await expect(badge(person, "market")).toHaveText("A");
  }
});
