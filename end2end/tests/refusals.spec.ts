import { expect, test } from "../support/fixtures";

test("a refusal fits the action: typed text is said to be kept only where something was typed", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.open("/household");
  await anna.live();
  const lost = (call: string) => page.route(`**/api/ui/${call}*`, (route) => route.abort());
  const people = page.locator("section[aria-labelledby=members-title]");
  await lost("invite");
  await people.getByRole("button", { name: "Make a link" }).click();
  await expect(people.getByRole("alert")).toHaveText("No answer from the server: there is no link yet. Try again in a moment.");
  await lost("remove_member");
  await people.getByRole("button", { name: "Remove: Ben" }).click();
  await people.locator(".question .button-danger").click();
  await expect(people.getByRole("alert").first()).toHaveText("No answer from the server: the list shows who is what. Try again in a moment.");
  const accounts = page.locator("section[aria-labelledby=centers-title]");
  await lost("write");
  await accounts.locator("button.plain-row").first().press("Alt+ArrowDown");
  await expect(accounts.getByText("waiting…"), "it is sent again by itself").toBeVisible();
  await expect(accounts.getByRole("alert")).toHaveCount(0);
  await lost("center_history");
  await accounts.locator("button.plain-row").first().click();
  await accounts.locator("summary").click();
  await expect(accounts.locator("details").getByRole("alert")).toHaveText("No answer from the server: this cannot be shown now. Try again in a moment.");
  await accounts.locator("#center-name").fill("Wallet");
  await accounts.getByRole("button", { name: "Save" }).click();
  await expect(accounts.locator("#center-name"), "it goes on without its form").toBeHidden();
  await expect(page.locator("body")).not.toContainText("JSON");
});

test("another currency for a used account, or for a household with plans, is refused in words about currencies", async ({ household: { anna } }) => {
  const articles = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items;
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const expense = articles.find((row) => row.kind === "expense");
  await anna.api("post", "/facts", { amount: "-1", article_id: expense?.id, financial_center_id: center.id });
  const { page } = anna;
  await anna.open("/household");
  await anna.live();
  await page.locator("section[aria-labelledby=centers-title] button.plain-row").first().click();
  await page.locator("#center-currency").selectOption("USD");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#center-currency-error")).toHaveText(
    "What is recorded on this account is in its currency. Add another account in the new one and transfer the money there",
  );
});
