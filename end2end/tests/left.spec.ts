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

test("on a phone a notice and an offer to undo cover neither what is left to spend nor the fields", async ({ household: { anna, ben } }) => {
  await plan(anna, "Groceries", "100");
  // Both stay, however slow the machine is: they end after 12 and 10 seconds.
  await anna.page.addInitScript(() => {
    const real = window.setTimeout.bind(window);
    window.setTimeout = ((run: TimerHandler, after?: number, ...rest: unknown[]) =>
      after === 10_000 || after === 12_000 ? 0 : real(run, after, ...rest)) as typeof window.setTimeout;
  });
  await Promise.all([anna.openLive(), ben.openLive()]);
  await anna.add("1", "Groceries", "bread");
  await anna.page.setViewportSize({ width: 390, height: 844 });
  await ben.add("95", "Groceries");
  const { page } = anna;
  await expect(page.locator(".notices .toast")).toBeVisible();
  const box = async (what: ReturnType<typeof page.locator>) => {
    const at = await what.boundingBox();
    if (!at) throw new Error("it has no place");
    return at;
  };
  /** Whether two places on the screen share a point. */
  const touches = (a: { x: number; y: number; width: number; height: number }, b: typeof a) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  const form = quick(anna);
  const clear = async (which: string) => {
    for (const height of [844, 510]) {
      await page.setViewportSize({ width: 390, height });
      await page.evaluate(() => scrollTo(0, 0));
      for (const typed of ["", "7*3"]) {
        if (typed) await form.getByLabel("Amount").fill(typed);
        const all = [page.getByTestId("spent"), page.getByRole("heading", { name: /^(Left to spend|Spent|Overspent) in / }), form.getByLabel("Amount"), page.locator(".chip").first(), page.locator(".tabs"), ...(await page.locator(".figure-line, .balance").filter({ visible: true }).all()), ...(typed ? [page.locator(".operators")] : [])];
        const toasts = await page.locator(which).all();
        expect(toasts.length).toBeGreaterThan(0);
        for (const toast of toasts) {
          for (const what of all) expect(touches(await box(toast), await box(what)), `${which} and ${what} at ${height}, ${typed}`).toBeFalsy();
        }
      }
      await form.getByLabel("Amount").fill("");
      await form.getByLabel("Amount").blur();
    }
  };
  await clear(".notices .toast");
  await page.setViewportSize({ width: 390, height: 844 });
  await anna.rows("bread").click();
  // The notice may cover it.
  await page.getByRole("button", { name: "Delete" }).press("Enter");
  await expect(page.locator(".toasts .toast")).toBeVisible();
  await expect(page.locator(".notices .toast")).toBeVisible();
  await clear(".overlays .toast");
});

test("an earlier note is offered and sets its category and account", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  const mine = quick(anna);
  await mine.getByLabel("Account").selectOption({ label: "Cash" });
  await anna.add("3", "Eating out", "coffee at the corner");
  await expect(ben.rows("coffee at the corner")).toHaveCount(1);
  const form = quick(ben);
  await form.getByLabel("Amount").fill("4");
  await form.getByLabel("Note").focus();
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
