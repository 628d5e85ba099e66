import { expect, type Person, test } from "../support/fixtures";

const quick = (person: Person) => person.page.getByRole("form", { name: "Add a transaction" });

/** Plans an amount for a category in the household's month. */
const plan = async (person: Person, name: string, amount: string) => {
  const articles = (await person.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const id = articles.find((row) => row.name === name)?.id;
  const answer = await person.request.put(`${person.server.url}/api/v1/plans/${id}/${today.slice(0, 7)}`, { data: { amount } });
  expect(answer.ok()).toBeTruthy();
};

test("an amount is computed while it is typed, and the rest of the plan falls when the other person pays", async ({ household: { anna, ben } }) => {
  await plan(anna, "Groceries", "500");
  await Promise.all([anna.openLive(), ben.openLive()]);
  await expect(anna.page.getByRole("heading", { name: /^Left to spend in / })).toBeVisible();
  const form = quick(anna);
  await form.getByLabel("Amount").fill("16.99*3+2");
  await expect(form).toContainText("= 52.97");
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  await expect(form).toContainText("Groceries: 500.00 left → 447.03 after this");
  await ben.add("79", "Groceries");
  await expect(form).toContainText("Groceries: 421.00 left → 368.03 after this");
  await form.getByLabel("Amount").fill("16.99*1.1");
  await expect(form).toContainText("≈ 18.69");
  await form.getByLabel("Amount").fill("16.99*3+");
  await form.getByLabel("Amount").press("Enter");
  await expect(form.getByText("Enter an amount, for example 12.50")).toBeVisible();
  await form.getByLabel("Amount").fill("16.99*3+2");
  await form.getByLabel("Amount").press("Enter");
  for (const person of [anna, ben]) {
    await expect(person.rows("−52.97")).toHaveCount(1);
    await expect(person.page.getByTestId("spent")).toContainText("368.03");
  }
});

test("a plan that is nearly or completely used is announced once on every screen", async ({ household: { anna, ben } }) => {
  await plan(anna, "Groceries", "100");
  await Promise.all([anna.openLive(), ben.openLive()]);
  const notices = (person: Person) => person.page.locator(".notices .toast");
  await anna.add("89", "Groceries");
  await expect(ben.rows("−89.00")).toHaveCount(1);
  await expect(notices(ben)).toHaveCount(0);
  await anna.add("3", "Groceries");
  for (const person of [anna, ben]) {
    await expect(notices(person)).toHaveText(/Groceries: 92 % of the plan used, 8\.00 left/);
    await person.page.locator(".notices").getByRole("button", { name: "Close" }).click();
    await expect(notices(person)).toHaveCount(0);
  }
  await ben.add("1", "Groceries");
  await expect(anna.rows("−1.00")).toHaveCount(1);
  await expect(notices(anna)).toHaveCount(0);
  await ben.add("20", "Groceries");
  for (const person of [anna, ben]) await expect(notices(person)).toHaveText(/Groceries: 113 % of the plan used, 13\.00 over/);
  await expect(anna.page.getByRole("heading", { name: /^Overspent in / })).toBeVisible();
  await expect(anna.page.getByTestId("spent")).toContainText("13.00");
});

test("an earlier note is offered and sets its category and account", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  const mine = quick(anna);
  await mine.getByLabel("Account").selectOption({ label: "Cash" });
  await anna.add("3", "Eating out", "coffee at the corner");
  await expect(ben.rows("coffee at the corner")).toHaveCount(1);
  const form = quick(ben);
  await form.getByLabel("Amount").fill("4");
  const offered = await ben.page.locator("#notes option").evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  expect(offered).toEqual(["coffee at the corner"]);
  await form.getByLabel("Note").fill("coffee at the corner");
  await form.getByLabel("Note").press("Tab");
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Eating out");
  await expect(form.getByLabel("Account").locator("option:checked")).toHaveText("Cash");
  await form.getByLabel("Note").press("Enter");
  await expect(anna.rows("−4.00")).toContainText("coffee at the corner · Cash");
  // A category that was chosen explicitly is kept.
  await form.getByLabel("Category").selectOption({ label: "Groceries" });
  await form.getByLabel("Note").fill("coffee at the corner");
  await form.getByLabel("Note").press("Tab");
  await expect(form.getByLabel("Category").locator("option:checked")).toHaveText("Groceries");
});
