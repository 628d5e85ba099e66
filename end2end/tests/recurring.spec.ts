import { expect, found, type Person, test } from "../support/fixtures";
import { comes, expected, expectedRows as rows, later, today } from "../support/recurring";
import { back, facts, held, lose, writes } from "../support/writes";

test("a recurring entry is entered by keyboard alone, is listed as expected, and one key records it", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.openLive();
  const { page } = anna;
  await page.getByRole("button", { name: "Add something recurring" }).press("Enter");
  const form = page.getByRole("form", { name: "Add something recurring" });
  await expect(form.getByLabel("Amount")).toBeFocused();
  await page.keyboard.type("900+50");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Rent");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(form.getByLabel("Note")).toBeFocused();
  await page.keyboard.type("flat");
  // A schedule without days cannot be saved, and nothing typed is lost.
  await form.getByLabel("Every", { exact: true }).fill("0");
  await page.keyboard.press("Enter");
  await expect(form.getByText("Enter a number from 1 to 99")).toBeVisible();
  await form.getByLabel("Every", { exact: true }).fill("1");
  await page.keyboard.press("Enter");
  await expect(form).toBeHidden();
  await expect(page.getByRole("button", { name: /Rent · flat.*Every month · due today.*−950\.00/ })).toBeVisible();
  await expect(rows(ben.page, "flat")).toContainText("−950.00");
  await rows(ben.page, "flat").getByRole("button", { name: "Record" }).press("Enter");
  // The next occurrence is a month away.
  await expect(rows(ben.page, "flat")).toHaveCount(0);
  await expect(ben.rows("flat")).toContainText("−950.00");
  await expect(page.getByRole("button", { name: /Rent · flat/ })).not.toContainText("due today");
});

test("two people confirm the same row at once: it is recorded once, on both screens", async ({ household: { anna, ben } }) => {
  await comes(anna, "milk", "-4.20", 0);
  await Promise.all([anna.openLive(), ben.openLive()]);
  const record = (person: Person) => rows(person.page, "milk").filter({ hasText: "Today" }).getByRole("button", { name: "Record" });
  await Promise.all([expect(record(anna)).toBeVisible(), expect(record(ben)).toBeVisible()]);
  // Both responses are held back until both have asked.
  let asked = 0;
  let release = () => {};
  const both = new Promise<void>((resolve) => (release = resolve));
  for (const person of [anna, ben]) {
    await person.page.route("**/api/ui/write*", async (route) => {
      asked += 1;
      if (asked === 2) release();
      await both;
      await route.continue();
    });
  }
  const answers = [anna, ben].map((person) => person.page.waitForResponse("**/api/ui/write*"));
  await Promise.all([record(anna).click(), record(ben).click()]);
  for (const answer of await Promise.all(answers)) expect(answer.ok()).toBeTruthy();
  for (const person of [anna, ben]) {
    await expect(person.rows("milk")).toHaveCount(1);
    // The next occurrence is a week ahead.
    await expect(rows(person.page, "milk").filter({ hasText: "Today" })).toHaveCount(0);
    await expect(expected(person.page).getByRole("alert").filter({ hasText: /\S/ })).toHaveCount(0);
  }
  const facts = await anna.api<{ items: unknown[] }>("get", "/facts");
  expect(facts.items).toHaveLength(1);
  // Only the person who recorded it is offered to take it back.
  const offers = await Promise.all([anna, ben].map((person) => person.page.getByRole("button", { name: "Undo" }).count()));
  expect(offers.toSorted()).toEqual([0, 1]);
});

test("an occurrence is skipped by one key and reopened, and the focus stays in the list", async ({ household: { anna, ben } }) => {
  await comes(anna, "gym", "-20", -3, { times: 1 });
  await comes(anna, "paper", "-3", 1, { times: 1 });
  await Promise.all([anna.openLive(), ben.openLive()]);
  const gym = (person: Person) => rows(person.page, "gym");
  await expect(gym(anna)).toContainText("due");
  await gym(anna).getByRole("button", { name: "Record" }).focus();
  await anna.page.keyboard.press("Delete");
  for (const person of [anna, ben]) await expect(gym(person)).toHaveCount(0);
  await expect(rows(anna.page, "paper").getByRole("button", { name: "Record" })).toBeFocused();
  await anna.page.getByRole("button", { name: "Undo" }).click();
  for (const person of [anna, ben]) await expect(gym(person)).toHaveCount(1);
  // Reopening a recorded day deletes its transaction.
  await gym(ben).getByRole("button", { name: "Record" }).click();
  await expect(anna.rows("gym")).toHaveCount(1);
  await ben.page.getByRole("button", { name: "Undo" }).click();
  for (const person of [anna, ben]) {
    await expect(gym(person)).toHaveCount(1);
    await expect(person.rows("gym")).toHaveCount(0);
  }
});

test("what was recorded or skipped is open again at once when it is undone, before any answer", async ({ household: { anna } }) => {
  await comes(anna, "gym", "-20", -3, { times: 1 });
  await anna.page.clock.install();
  await anna.openLive();
  for (const how of ["Record", "Skip"]) {
    let release = await held(anna);
    await rows(anna.page, "gym").getByRole("button", { name: how }).click();
    await expect(rows(anna.page, "gym")).toHaveCount(0);
    await expect(anna.page.getByRole("button", { name: "Undo" }), "before there is an answer").toBeVisible();
    const answered = anna.page.waitForResponse(writes);
    release();
    await answered;
    await anna.upToDate();
    await anna.page.unroute(writes);
    release = await held(anna);
    await anna.page.getByRole("button", { name: "Undo" }).click();
    await expect(rows(anna.page, "gym")).toHaveCount(1);
    await expect(anna.rows("gym")).toHaveCount(0);
    release();
    await expect(anna.page.getByRole("button", { name: "Undo" })).toHaveCount(0);
    await anna.page.unroute(writes);
    await anna.page.clock.resume();
  }
});

test("what was skipped and opened again without an answer can be recorded, and the server carries out all three", async ({ household: { anna } }) => {
  await comes(anna, "gym", "-20", -3, { times: 1 });
  await anna.openLive();
  await anna.page.route(writes, lose);
  const gym = rows(anna.page, "gym");
  await gym.getByRole("button", { name: "Skip" }).click();
  await expect(gym).toHaveCount(0);
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await anna.page.locator("#connection").getByRole("listitem").filter({ hasText: "Skip" }).getByRole("button", { name: "Undo" }).click();
  await expect(gym).toHaveCount(1);
  await expect(anna.page.locator(".toasts").getByRole("button", { name: "Undo" }), "it is undone").toHaveCount(0);
  await anna.page.keyboard.press("Escape");
  await expect(gym.getByRole("button", { name: "Record" })).toBeEnabled();
  await gym.getByRole("button", { name: "Record" }).click();
  await expect(gym).toHaveCount(0);
  await expect(anna.rows("gym")).toHaveCount(1);
  await back(anna);
  await expect.poll(async () => (await facts(anna)).map((fact) => fact.amount)).toEqual(["-20.00"]);
  await expect(anna.rows("gym")).toHaveCount(1);
  await expect(gym).toHaveCount(0);
});

test("a transaction that somebody changed since is not undone, and the reason is shown", async ({ household: { anna, ben } }) => {
  await comes(anna, "gym", "-20", -3, { times: 1 });
  await anna.openLive();
  await rows(anna.page, "gym").getByRole("button", { name: "Record" }).click();
  await expect(anna.rows("gym")).toHaveCount(1);
  const [fact] = (await ben.api<{ items: { id: string }[] }>("get", "/facts")).items;
  await ben.api("patch", `/facts/${fact.id}`, { amount: "-25" });
  await expect(anna.rows("gym")).toContainText("−25.00");
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(anna.page.getByRole("status").filter({ hasText: "changed since it was recorded" })).toBeVisible();
  await expect(anna.rows("gym")).toContainText("−25.00");
  await expect(rows(anna.page, "gym")).toHaveCount(0);
});

test("only the nearest occurrences are shown until the rest is requested, and one that cannot be recorded shows why", async ({ household: { anna } }) => {
  for (const n of [1, 2, 3, 4, 5]) await comes(anna, `bill ${n}`, `-${n}`, n, { times: 1 });
  await anna.openLive();
  await expect(expected(anna.page).getByRole("listitem")).toHaveCount(3);
  await expected(anna.page).getByRole("button", { name: "2 more" }).click();
  await expect(expected(anna.page).getByRole("listitem")).toHaveCount(5);
  const centers = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await anna.api("patch", `/financial-centers/${centers[0].id}`, { archived: true });
  await rows(anna.page, "bill 2").getByRole("button", { name: "Record" }).click();
  await expect(expected(anna.page).getByRole("alert")).toContainText("archived");
  await expect(rows(anna.page, "bill 2")).toHaveCount(1);
});

test("a phone shows due occurrences or else the next one, until the rest is requested", async ({ browser, server }) => {
  const { anna, ben } = await found(browser, server, { locale: "en-GB", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const n of [1, 2, 3, 4, 5]) await comes(anna, `bill ${n}`, `-${n}`, n, { times: 1 });
  await anna.openLive();
  const shown = expected(anna.page).getByRole("listitem").filter({ visible: true });
  await expect(shown).toHaveText([/bill 1/]);
  await comes(ben, "gym", "-20", -3, { times: 1 });
  await comes(ben, "paper", "-2", 0, { times: 1 });
  await expect(shown).toHaveText([/gym/, /paper/]);
  await expected(anna.page).getByRole("button", { name: "5 more" }).tap();
  await expect(shown).toHaveCount(7);
  await rows(anna.page, "paper").getByRole("button", { name: "Record" }).tap();
  await expect(anna.rows("paper")).toHaveCount(1);
  await expect(shown).toHaveCount(6);
  await Promise.all([anna, ben].map((person) => person.context.close()));
});

test("a later first day names the expected days that it closes, before it is saved", async ({ household: { anna } }) => {
  await comes(anna, "lessons", "-15", -14);
  await anna.open("/household");
  const { page } = anna;
  await page.getByRole("button", { name: /lessons/ }).click();
  const form = page.getByRole("form", { name: "Edit recurring entry" });
  const start = await today(anna);
  await expect(form.getByText("No longer expected")).toHaveCount(0);
  await form.getByLabel("First day").fill(start);
  await expect(form.getByText(/^No longer expected: .* · /)).toBeVisible();
  await form.getByLabel("First day").fill(later(start, -14));
  await expect(form.getByText("No longer expected")).toHaveCount(0);
});

test("a recurring entry is changed and stopped, and a recurring plan covers this month and the next", async ({ household: { anna, ben } }) => {
  await comes(anna, "music", "-9.99", 2);
  await Promise.all([anna.open("/household"), ben.openLive()]);
  const { page } = anna;
  await page.getByRole("button", { name: /Groceries · music/ }).click();
  const form = page.getByRole("form", { name: "Edit recurring entry" });
  await expect(form.getByLabel("Amount")).toHaveValue("-9.99");
  await form.getByLabel("Amount").fill("11.99");
  await form.getByLabel("Every", { exact: true }).fill("2");
  await form.getByLabel("How many times").fill("3");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: /Groceries · music.*Every 2 weeks.*−11\.99/ })).toBeVisible();
  await expect(rows(ben.page, "music")).toContainText("−11.99");
  await page.getByRole("button", { name: /Groceries · music/ }).click();
  await form.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByRole("button", { name: /Groceries · music/ })).toHaveCount(0);
  await expect(expected(ben.page)).toHaveCount(0);
  await page.getByRole("button", { name: "Add something recurring" }).click();
  const add = page.getByRole("form", { name: "Add something recurring" });
  await add.getByLabel("Category").selectOption({ label: "Leisure" });
  await add.getByLabel("Account").selectOption({ label: "Cash" });
  // An option that another member adds above does not change the choice.
  await ben.api("post", "/articles", { name: "Allotment", kind: "expense" });
  await ben.api("post", "/financial-centers", { name: "Bonds" });
  await expect(add.getByLabel("Account").locator("option", { hasText: "Bonds" })).toHaveCount(1);
  await expect(add.getByLabel("Account").locator("option:checked")).toHaveText("Cash");
  await expect(add.getByLabel("Category").locator("option:checked")).toHaveText("Leisure");
  await add.getByLabel("What recurs").selectOption({ label: "A plan" });
  await expect(add.getByLabel("Account")).toHaveCount(0);
  await add.getByLabel("Amount").fill("300");
  await add.getByLabel("Category").selectOption({ label: "Groceries" });
  await add.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("button", { name: /Groceries · A plan/ })).toBeVisible();
});
