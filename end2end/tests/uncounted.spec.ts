import { expect, type Person, test } from "../support/fixtures";
import { back, lose, waits, writes } from "../support/writes";

const groceries = async (person: Person) => {
  const { items } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  return items.find((row) => row.name === "Groceries")?.id;
};

const plan = async (person: Person, amount: string) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const answer = await person.request.put(`${person.server.url}/api/v1/plans/${await groceries(person)}/${today.slice(0, 7)}`, { data: { amount } });
  expect(answer.ok()).toBeTruthy();
};

test("an entry that waits and would be refused by now says calmly why it is not counted, until it would be carried out again", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Groceries", "bread");
  await expect(waits(anna, "bread")).toBeVisible();
  await expect(anna.page.locator(".day-total").first()).toContainText("−4.00");
  await expect(anna.rows("bread").getByText("Not counted")).toHaveCount(0);
  await ben.api("patch", `/articles/${await groceries(ben)}`, { archived: true });
  const why = anna.rows("bread").getByText("Not counted: it would be refused now. Category: This is archived; choose another.");
  await expect(why).toBeVisible();
  await expect(anna.page.locator(".day-total").first()).not.toContainText("4.00");
  await expect(anna.rows("bread").getByRole("alert"), "it is no error yet").toHaveCount(0);
  await expect(anna.page.locator("#connection li"), "in the list too").toContainText("Not counted: it would be refused now.");
  await ben.api("patch", `/articles/${await groceries(ben)}`, { archived: false });
  await expect(why).toHaveCount(0);
  await expect(anna.page.locator(".day-total").first()).toContainText("−4.00");
  await back(anna);
  await expect(waits(anna, "bread")).toHaveCount(0);
});

test("an entry on a category that was not saved says that it depends on it", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const { page } = anna;
  await page.getByRole("link", { name: "Household" }).click();
  await page.route(writes, lose);
  await page.getByRole("button", { name: "Add a category" }).click();
  const form = page.getByRole("form", { name: "Add a category" });
  await form.getByLabel("Name").fill("Garden");
  await form.getByLabel("Parent category").selectOption({ label: "Gifts" });
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Today" }).click();
  await anna.add("4", "\u2003Garden", "seeds");
  await expect(waits(anna, "seeds")).toBeVisible();
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  await ben.api("delete", `/articles/${items.find((row) => row.name === "Gifts")?.id}`);
  await back(anna);
  await expect(anna.rows("seeds").getByText("Not counted: it depends on an entry that was not saved.")).toBeVisible();
  // Both numbers are in the bar.
  await expect(page.getByRole("button", { name: /Connection/ })).toContainText("Live, 1 not saved, 1 waiting");
});

for (const width of [390, 1440]) {
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height: 844 } });

    for (const [locale, said] of [["en-GB", "Live, 1 not saved, 3 waiting"], ["ru-RU", "На связи, не записано: 1, ждут отправки: 3"]]) {
      test.describe(locale, () => {
        test.use({ locale });

        test("the bar says how many entries were not saved and how many wait, and has room for both", async ({ household: { anna, ben } }) => {
          await anna.open("/");
          await anna.synchronised();
          const { page } = anna;
          const amount = page.locator("#add-amount");
          const category = page.locator("#add-article");
          const add = async () => {
            await amount.fill("4");
            await category.selectOption({ index: 3 }, { force: true });
            await amount.press("Enter");
            await expect(amount).toHaveValue("");
          };
          await page.route(writes, lose);
          await add();
          await expect(page.locator(".row-saving").first()).toBeVisible();
          const id = await category.locator("option").nth(3).getAttribute("value");
          await ben.api("patch", `/articles/${id}`, { archived: true });
          await back(anna);
          await expect(page.locator(".row-refused")).toHaveCount(1);
          await page.route(writes, lose);
          for (let at = 0; at < 3; at += 1) await add();
          const badge = page.locator(".badge");
          await expect(badge).toContainText(said);
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
          const [bar, box, name] = await Promise.all([page.locator(".bar-inner").boundingBox(), badge.boundingBox(), page.locator(".bar-name").boundingBox()]);
          if (!bar || !box || !name) throw new Error("they are on the screen");
          expect(box.y >= bar.y && box.y + box.height <= bar.y + bar.height, "in the bar").toBe(true);
          expect(box.x + box.width).toBeLessThanOrEqual(bar.x + bar.width);
          expect(name.width, "the household is named").toBeGreaterThan(40);
        });
      });
    }
  });
}

test("a plan is announced as used only once that is saved, and not for an amount that is refused", async ({ household: { anna, ben } }) => {
  await plan(anna, "100");
  await anna.openLive();
  const notices = anna.page.locator(".notices .toast");
  let refuse = () => {};
  const asked = new Promise<void>((resolve) => (refuse = resolve));
  await anna.page.route(
    writes,
    async (route) => {
      await asked;
      await route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' });
    },
    { times: 1 },
  );
  await anna.add("95", "Groceries", "refused");
  await expect(anna.rows("refused")).toHaveCount(1);
  await expect(anna.page.getByTestId("spent")).toContainText("5.00");
  await expect(notices).toHaveCount(0);
  refuse();
  await expect(anna.rows("refused").getByRole("alert")).toBeVisible();
  await expect(notices).toHaveCount(0);
  // A refused amount keeps nobody else's from being announced.
  await ben.api("post", "/facts", { amount: "-92", article_id: await groceries(ben), financial_center_id: (await ben.api<{ items: { id: string }[] }>("get", "/financial-centers")).items[0].id });
  await expect(notices).toHaveText(/Groceries: 92 % of the plan used, 8\.00 left/);
  await notices.getByRole("button", { name: "Close" }).click();
  // It was announced: a visit to another page does not announce it again, and what is added is.
  await anna.page.getByRole("link", { name: "Household" }).click();
  await anna.page.getByRole("link", { name: "Today" }).click();
  await anna.add("20", "Groceries", "carried out");
  await expect(notices).toHaveText(/Groceries: 112 % of the plan used, 12\.00 over/);
});
