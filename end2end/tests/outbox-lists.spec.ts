import { expect, type Person, test } from "../support/fixtures";
import { anotherPageAndBack, back, lose, loseAnswer, writes } from "../support/writes";

const plans = async (person: Person) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const { items } = await person.api<{ items: { amount: string }[] }>("get", `/plans?month=${today.slice(0, 7)}`);
  return items.map((plan) => plan.amount);
};

/** The plan of a category in the household's month. */
const planned = (person: Person, name: string) => person.page.getByLabel(new RegExp(`^${name}, .*: plan$`)).first();

async function openPlan(person: Person): Promise<void> {
  await person.page.getByRole("link", { name: "Plan" }).click();
  await expect(planned(person, "Groceries")).toBeVisible();
}

test("the amount typed last in the plan is sent although its page is gone, and nothing panics", async ({ household: { anna } }) => {
  await anna.openLive();
  await openPlan(anna);
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await anna.page.route(
    writes,
    async (route) => {
      await released;
      await route.continue();
    },
    { times: 1 },
  );
  for (const amount of ["10", "20", "30"]) {
    await planned(anna, "Groceries").fill(amount);
    await planned(anna, "Groceries").press("Enter");
  }
  await planned(anna, "Groceries").focus();
  await planned(anna, "Groceries").fill("40");
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByRole("heading", { name: "Categories" })).toBeVisible();
  release();
  await expect.poll(() => plans(anna)).toEqual(["40.00"]);
});

test("a plan without an answer waits where it was entered, and goes when the network is back", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await openPlan(anna);
  await anna.page.route(writes, lose);
  await planned(anna, "Groceries").fill("70");
  await planned(anna, "Groceries").press("Enter");
  await expect(anna.page.locator(".plan-cell").getByText("waiting…")).toBeVisible();
  await anotherPageAndBack(anna);
  await openPlan(anna);
  await expect(planned(anna, "Groceries")).toHaveValue("70.00");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(anna.page.locator("#connection").getByRole("listitem")).toContainText(/Groceries, .*: plan 70\.00/);
  await back(anna);
  await expect.poll(() => plans(ben)).toEqual(["70.00"]);
  await expect(anna.page.getByText("waiting…")).toHaveCount(0);
  await expect(planned(anna, "Groceries")).toHaveValue("70.00");
});

test("a plan that was refused on another page is sent by one press, over what somebody else has set", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await openPlan(anna);
  await anna.page.route(writes, lose);
  await planned(anna, "Groceries").fill("70");
  await planned(anna, "Groceries").press("Enter");
  await anna.page.getByRole("link", { name: "Household" }).click();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const { today } = await ben.api<{ today: string }>("get", "/snapshot");
  const path = `/api/v1/plans/${items.find((row) => row.name === "Groceries")?.id}/${today.slice(0, 7)}`;
  expect((await ben.request.put(ben.server.url + path, { data: { amount: "50" } })).ok()).toBeTruthy();
  await back(anna);
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("1 entry was not saved:");
  await popover.getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => plans(ben)).toEqual(["70.00"]);
  await expect(popover.getByRole("listitem")).toHaveCount(0);
});

test("a category and an account made without a network wait in their lists and are made once", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.getByRole("link", { name: "Household" }).click();
  await anna.page.route(writes, loseAnswer);
  for (const [what, region, name] of [["a category", "Categories", "Garden"], ["an account", "Accounts", "Jar"]]) {
    await anna.page.getByRole("button", { name: `Add ${what}` }).click();
    const form = anna.page.getByRole("form", { name: `Add ${what}` });
    await form.getByLabel("Name").fill(name);
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    await expect(anna.page.getByRole("region", { name: region }).getByText(name)).toHaveCount(1);
  }
  await anotherPageAndBack(anna);
  await back(anna);
  await anna.page.getByRole("link", { name: "Household" }).click();
  await expect(anna.page.getByText("waiting…")).toHaveCount(0);
  for (const name of ["Garden", "Jar"]) await expect(anna.page.getByRole("button", { name: new RegExp(`^${name}`) })).toHaveCount(1);
  for (const path of ["/articles", "/financial-centers"]) {
    const { items } = await ben.api<{ items: { name: string }[] }>("get", path);
    expect(items.filter((row) => ["Garden", "Jar"].includes(row.name)).length, path).toBe(1);
  }
});

test("a category that is refused after its form is gone says so in its list, and is corrected there", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.getByRole("link", { name: "Household" }).click();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const gifts = items.find((row) => row.name === "Gifts");
  await anna.page.route(writes, lose);
  await anna.page.getByRole("button", { name: "Gifts", exact: true }).click();
  const form = anna.page.getByRole("form", { name: "Edit the category" });
  await form.getByLabel("Name").fill("Presents");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(form).toBeHidden();
  await expect(anna.page.getByText("waiting…")).toBeVisible();
  await ben.api("patch", `/articles/${gifts?.id}`, { name: "Donations" });
  await back(anna);
  const categories = anna.page.getByRole("region", { name: "Categories" });
  await expect(categories.getByRole("alert")).toContainText("Not saved");
  await anna.page.getByRole("button", { name: "Donations", exact: true }).click();
  await expect(form.getByLabel("Name"), "what was typed is still here").toHaveValue("Presents");
  await form.getByRole("button", { name: "Keep mine" }).click();
  await expect(anna.page.getByRole("button", { name: "Presents", exact: true })).toBeVisible();
  await expect(categories.getByRole("alert")).toHaveCount(0);
});

test("new rows of the household that are refused after their forms are gone are corrected with what was typed", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await page.getByRole("link", { name: "Household" }).click();
  await page.route(writes, lose);
  const category = page.getByRole("form", { name: "Add a category" });
  await page.getByRole("button", { name: "Add a category" }).click();
  await category.getByLabel("Name").fill("Garden");
  await category.getByLabel("Parent category").selectOption({ label: "Gifts" });
  await category.getByRole("radio", { name: "Colour 3" }).check({ force: true });
  await category.getByRole("button", { name: "Save" }).click();
  await expect(category).toBeHidden();
  const recurring = page.getByRole("form", { name: "Add something recurring" });
  await page.getByRole("button", { name: "Add something recurring" }).click();
  await recurring.getByLabel("Amount").fill("9");
  await recurring.getByLabel("Category").selectOption({ label: "Gifts" });
  await recurring.getByLabel("Note").fill("card");
  await recurring.getByRole("button", { name: "Save" }).click();
  await expect(recurring).toBeHidden();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  await ben.api("delete", `/articles/${items.find((row) => row.name === "Gifts")?.id}`);
  await back(anna);

  const categories = page.getByRole("region", { name: "Categories" });
  await expect(categories.getByRole("alert")).toContainText("Not saved");
  // A new one begins empty.
  await page.getByRole("button", { name: "Add a category" }).click();
  await expect(category.getByLabel("Name")).toHaveValue("");
  await category.getByRole("button", { name: "Cancel" }).click();
  await categories.getByRole("button", { name: "Correct" }).click();
  await expect(category.getByLabel("Name")).toHaveValue("Garden");
  await expect(category.getByRole("radio", { name: "Colour 3" })).toBeChecked();
  await category.getByRole("button", { name: "Cancel" }).click();
  await expect(categories.getByRole("button", { name: "Correct" })).toBeFocused();
  await page.keyboard.press("Enter");
  await category.getByLabel("Name").fill("Garden and balcony");
  await category.getByLabel("Parent category").selectOption({ label: "Clothes" });
  await category.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: "Garden and balcony", exact: true })).toBeVisible();
  await expect(categories.getByRole("alert")).toHaveCount(0);
  await expect(category).toHaveCount(0);

  const entries = page.getByRole("region", { name: "Recurring" });
  await entries.getByRole("button", { name: "Correct" }).click();
  await expect(recurring.getByLabel("Amount")).toHaveValue(/9/);
  await expect(recurring.getByLabel("Note")).toHaveValue("card");
  await recurring.getByLabel("Category").selectOption({ label: "Clothes" });
  await recurring.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: /Clothes · card.*−9\.00/ })).toBeVisible();
  await expect(entries.getByRole("alert")).toHaveCount(0);
  for (const [path, count] of [["/articles", items.length], ["/recurring", 1]] as const) {
    const { items } = await ben.api<{ items: unknown[] }>("get", path);
    expect(items.length, path).toBe(count);
  }
});
