import type { Page } from "@playwright/test";
import { expect, found, type Person, test } from "../support/fixtures";
import { writes } from "../support/writes";

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** The heading of the household's current month, or of one that many months later. */
const heading = async (person: Person, later = 0) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const [year, month] = today.split("-").map(Number);
  const number = year * 12 + month - 1 + later;
  return `${months[number % 12]} ${Math.floor(number / 12)}`;
};

const cell = (page: Page, name: string, month: string) => page.getByLabel(`${name}, ${month}: plan`, { exact: true });

/** The figures of a category's row: actual and remaining amount of the first month. */
const figures = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name }).getByRole("cell");

const open = async (person: Person) => {
  await person.open("/plan");
  await person.live();
};

test("the grid is filled by keyboard alone, and the other screen shows every cell", async ({ household: { anna, ben } }) => {
  await Promise.all([open(anna), open(ben)]);
  const [now, next] = [await heading(anna), await heading(anna, 1)];
  const { page } = anna;
  await cell(page, "Groceries", now).focus();
  // Typing replaces, Enter moves down, Tab and the arrows move on.
  await page.keyboard.type("400+20");
  await page.keyboard.press("ArrowRight");
  await expect(cell(page, "Groceries", now)).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(cell(page, "Groceries", next)).toBeFocused();
  await page.keyboard.type("430");
  await page.keyboard.press("Enter");
  await expect(cell(page, "Groceries", next)).toHaveValue("430.00");
  await page.keyboard.press("ArrowUp");
  await expect(cell(page, "Groceries", next)).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(cell(page, "Groceries", now)).toBeFocused();
  await expect(cell(page, "Groceries", now)).toHaveValue("420.00");
  await page.keyboard.type("999");
  await page.keyboard.press("Escape");
  await expect(cell(page, "Groceries", now)).toHaveValue("420.00");
  await page.keyboard.type("4oo");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Enter an amount, for example 12.50")).toBeVisible();
  await expect(cell(page, "Groceries", now)).toHaveValue("4oo");
  await cell(page, "Groceries", now).focus();
  await page.keyboard.press("Escape");
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("420.00");
  await expect(cell(ben.page, "Groceries", next)).toHaveValue("430.00");
  // Undo both changes.
  await page.keyboard.press("Control+z");
  await expect(cell(ben.page, "Groceries", next)).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("");
});

test("changes of one cell are undone one after the other", async ({ household: { anna, ben } }) => {
  await Promise.all([open(anna), open(ben)]);
  const now = await heading(anna);
  for (const amount of ["10", "20", "30"]) {
    await cell(anna.page, "Groceries", now).fill(amount);
    await cell(anna.page, "Groceries", now).press("Enter");
    await expect(cell(ben.page, "Groceries", now)).toHaveValue(`${amount}.00`);
  }
  for (const amount of ["20.00", "10.00", ""]) {
    await anna.page.getByRole("button", { name: "Undo" }).click();
    await expect(cell(ben.page, "Groceries", now)).toHaveValue(amount);
  }
  await expect(anna.page.getByText("changed this meanwhile")).toHaveCount(0);
  await expect(anna.page.getByRole("button", { name: "Undo" })).toBeDisabled();
});

test("a column is pasted, a month copied, an average taken and a year spread, each in one change", async ({ household: { anna, ben } }) => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const articles = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const groceries = articles.find((row) => row.name === "Groceries")?.id;
  const [year, month] = today.split("-").map(Number);
  for (const [back, amount] of [[1, "-300"], [2, "-310"], [3, "-290.01"]] as const) {
    const then = new Date(Date.UTC(year, month - 1 - back, 5)).toISOString().slice(0, 10);
    await anna.api("post", "/facts", { amount, article_id: groceries, financial_center_id: center.id, date: then });
  }
  await Promise.all([open(anna), open(ben)]);
  const [now, next, third] = [await heading(anna), await heading(anna, 1), await heading(anna, 2)];
  const { page } = anna;
  const before = (await anna.api<{ seq: number }>("get", "/snapshot")).seq;
  const names = await page.locator("tbody").first().locator("tr:not(.plan-section) th span:not(.icon)").allTextContents();
  await cell(page, names[0], now).focus();
  await page.evaluate(() => navigator.clipboard.writeText("10\n20,50\n30\n"));
  await page.keyboard.press("Control+v");
  await expect(cell(ben.page, names[1], now)).toHaveValue("20.50");
  await expect(cell(ben.page, names[2], now)).toHaveValue("30.00");
  expect((await anna.api<{ seq: number }>("get", "/snapshot")).seq).toBe(before + 1);
  await cell(page, names[0], next).focus();
  await page.getByRole("button", { name: "Copy last month" }).click();
  await expect(cell(ben.page, names[2], next)).toHaveValue("30.00");
  await cell(page, "Groceries", now).fill("10");
  await cell(page, "Groceries", now).press("Enter");
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("10.00");
  await cell(page, "Groceries", now).focus();
  await page.getByRole("button", { name: "Average of three months" }).click();
  await expect(page.getByText("This replaces an amount that is planned already.")).toBeVisible();
  await page.getByRole("button", { name: "Replace" }).click();
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("300.00");
  await cell(page, names[3], now).focus();
  await page.keyboard.type("1000");
  await page.keyboard.press("Enter");
  await cell(page, names[3], now).focus();
  await expect(cell(page, names[3], now)).toHaveValue("1\u202f000.00");
  await page.getByRole("button", { name: "Spread over a year" }).click();
  await expect(cell(ben.page, names[3], now)).toHaveValue("83.34");
  await expect(cell(ben.page, names[3], third)).toHaveValue("83.34");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(cell(ben.page, names[3], now)).toHaveValue("1\u202f000.00");
  await expect(cell(ben.page, names[3], third)).toHaveValue("");
});

test("the page says how much of a block that does not fit was pasted", async ({ household: { anna, ben } }) => {
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await Promise.all([open(anna), open(ben)]);
  const now = await heading(anna);
  const { page } = anna;
  const names = await page.locator(".plan-name > span:not(.icon)").allTextContents();
  const [last, least] = [names[names.length - 2], names[names.length - 1]];
  const paste = async (name: string, text: string) => {
    await cell(page, name, now).focus();
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await page.keyboard.press("Control+v");
  };
  await paste(last, "1\n2\n3\n4\n5\n");
  await expect(page.getByText("2 of 5 lines pasted.")).toBeVisible();
  await expect(cell(ben.page, last, now)).toHaveValue("1.00");
  await expect(cell(ben.page, least, now)).toHaveValue("2.00");
  await paste(names[0], "1\t2\nsix\t3\n7\t8\n");
  await expect(page.getByText("2 of 3 lines pasted. Of 2 columns only the first one.")).toBeVisible();
  await expect(cell(page, names[1], now)).toHaveValue("six");
  await expect(cell(ben.page, names[2], now)).toHaveValue("7.00");
  // A row of cells is pasted as a block too, never as one large amount.
  await paste(names[0], "100\t200\t300\n");
  await expect(page.getByText("Of 3 columns only the first one.", { exact: true })).toBeVisible();
  await expect(cell(ben.page, names[0], now)).toHaveValue("100.00");
  await paste(names[1], "6\n7\n");
  await expect(cell(ben.page, names[1], now)).toHaveValue("6.00");
  await expect(page.getByText(/lines pasted/)).toHaveCount(0);
  await expect(page.locator(".plan-cell .field-error")).toHaveCount(0);
});

test("a tool that would replace plans asks first, and keeps plans for which it has no value", async ({ household: { anna, ben } }) => {
  const articles = (await anna.api<{ items: { id: string; name: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [both, old, fresh] = articles;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [year, number] = today.split("-").map(Number);
  const month = (later: number) => new Date(Date.UTC(year, number - 1 + later, 1)).toISOString().slice(0, 7);
  const plan = async (id: string, later: number, amount: string) =>
    expect((await anna.request.put(`${anna.server.url}/api/v1/plans/${id}/${month(later)}`, { data: { amount } })).ok()).toBeTruthy();
  for (const [row, later, amount] of [[both, 0, "10"], [old, 0, "20"], [both, 1, "11"], [fresh, 1, "33"]] as const) await plan(row.id, later, amount);
  await Promise.all([open(anna), open(ben)]);
  const [now, next] = [await heading(anna), await heading(anna, 1)];
  const { page } = anna;
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  const shows = async (values: [string, string, string]) => {
    for (const [at, row] of [both, old, fresh].entries()) await expect(cell(ben.page, row.name, next)).toHaveValue(values[at]);
  };
  await cell(page, both.name, next).focus();
  await press("Copy last month");
  await expect(page.getByText("Of 2 amounts 1 replaces one that is planned already.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await press("Cancel");
  await shows(["11.00", "", "33.00"]);
  await press("Copy last month");
  await press("Set only the empty ones");
  await expect(page.getByText("1 amount set.")).toBeVisible();
  await shows(["11.00", "20.00", "33.00"]);
  await press("Copy last month");
  await press("Replace");
  await shows(["10.00", "20.00", "33.00"]);
  await press("Undo");
  await shows(["11.00", "20.00", "33.00"]);
  // A year's amount is spread over months that have plans already.
  await cell(page, both.name, now).fill("1200");
  await cell(page, both.name, now).press("Enter");
  await expect(cell(ben.page, both.name, now)).toHaveValue("1\u202f200.00");
  await cell(page, both.name, now).focus();
  await press("Spread over a year");
  await expect(page.getByText("Of 12 amounts 1 replaces one that is planned already.")).toBeVisible();
  await press("Replace");
  await shows(["100.00", "20.00", "33.00"]);
});

test("two people plan the same cell: nobody's amount disappears", async ({ household: { anna, ben } }) => {
  await Promise.all([open(anna), open(ben)]);
  const now = await heading(anna);
  await cell(anna.page, "Clothes", now).focus();
  await anna.page.keyboard.type("120");
  await cell(ben.page, "Clothes", now).focus();
  await ben.page.keyboard.type("150");
  await ben.page.keyboard.press("Enter");
  await expect(cell(ben.page, "Clothes", now)).toHaveValue("150.00");
  // What Anna types is not replaced while she types.
  await anna.page.keyboard.type(".50");
  await expect(cell(anna.page, "Clothes", now)).toHaveValue("120.50");
  await anna.page.keyboard.press("Enter");
  await expect(anna.page.getByText("Ben set this to 150.00 meanwhile.")).toBeVisible();
  await expect(cell(anna.page, "Clothes", now)).toHaveValue("120.50");
  await cell(anna.page, "Clothes", now).focus();
  await anna.page.keyboard.press("Enter");
  await expect(cell(ben.page, "Clothes", now)).toHaveValue("120.50");
  await expect(anna.page.getByText("meanwhile")).toHaveCount(0);
  // Anna's undo does not revert what Ben set after it.
  await cell(ben.page, "Clothes", now).fill("130");
  await cell(ben.page, "Clothes", now).press("Enter");
  await expect(cell(anna.page, "Clothes", now)).toHaveValue("130.00");
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(anna.page.getByText("Ben changed this meanwhile: nothing was set.")).toBeVisible();
  await expect(cell(anna.page, "Clothes", now)).toHaveValue("130.00");
});

test("actual and remaining amounts follow every entry, roll up the tree and show what is overspent", async ({ household: { anna, ben } }) => {
  const parent = (await anna.api<{ id: string }>("post", "/articles", { name: "Garden", kind: "expense" })).id;
  await anna.api("post", "/articles", { name: "Seeds", kind: "expense", parent_id: parent });
  await Promise.all([open(anna), ben.openLive()]);
  const now = await heading(anna);
  for (const [name, amount] of [["Garden", "50"], ["Seeds", "30"]]) {
    await cell(anna.page, name, now).fill(amount);
    await cell(anna.page, name, now).press("Enter");
  }
  await expect(anna.page.getByRole("row").filter({ hasText: "Garden" })).toContainText("Σ 80.00");
  await ben.add("45", "\u2003Seeds");
  await expect(figures(anna.page, "Seeds").nth(1)).toHaveText("45.00");
  await expect(figures(anna.page, "Seeds").nth(2)).toContainText("overspent −15.00");
  await expect(figures(anna.page, "Garden").nth(2)).toHaveText("35.00");
  await expect(ben.page.getByTestId("spent")).toContainText("35.00");
});

test("on the phone a month is a list, edited by touch, and a swipe goes to the next", async ({ browser, server }) => {
  const { anna, ben } = await found(browser, server, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await Promise.all([open(anna), open(ben)]);
  const [now, next] = [await heading(anna), await heading(anna, 1)];
  await cell(anna.page, "Groceries", now).tap();
  await anna.page.keyboard.type("77");
  await anna.page.keyboard.press("Enter");
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("77.00");
  await expect(cell(anna.page, "Groceries", next)).toBeHidden();
  const devtools = await anna.context.newCDPSession(anna.page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", x: number) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: 400 }] });
  // Text in a cell is saved when its month is left.
  await cell(anna.page, "Clothes", now).tap();
  await anna.page.keyboard.type("50");
  await touch("touchStart", 330);
  for (const x of [270, 200, 120, 80]) await touch("touchMove", x);
  await touch("touchEnd", 80);
  await expect(anna.page.getByRole("heading", { name: next })).toBeVisible();
  await expect(cell(anna.page, "Groceries", next)).toBeVisible();
  await expect(cell(ben.page, "Clothes", now)).toHaveValue("50.00");
  expect(await anna.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
  await anna.context.close();
  await ben.context.close();
});

test("a change of several plans that is refused leaves nothing to undo, not even what another device has set", async ({ household: { anna, ben } }) => {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [groceries] = (await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items.filter((row) => row.name === "Groceries");
  await open(anna);
  await open(ben);
  const now = await heading(anna);
  const { page } = anna;
  await anna.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await cell(page, "Groceries", now).focus();
  await page.evaluate(() => navigator.clipboard.writeText("10\n20\n"));
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(writes, async (route) => {
    await released;
    await route.continue();
  });
  await page.keyboard.press("Control+v");
  await expect(cell(page, "Groceries", now)).toHaveValue("10.00");
  // Another device of the same person.
  const path = `${anna.server.url}/api/v1/plans/${groceries.id}/${today.slice(0, 7)}`;
  expect((await anna.request.put(path, { data: { amount: "777" } })).ok()).toBeTruthy();
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("777.00");
  release();
  await expect(page.getByRole("alert").filter({ hasText: "You changed this elsewhere meanwhile: nothing was set" })).toBeVisible();
  await expect(cell(page, "Groceries", now)).toHaveValue("777.00");
  const undo = page.getByRole("button", { name: "Undo", exact: true });
  await expect(undo).toHaveAttribute("aria-disabled", "true");
  await page.unroute(writes);
  await undo.click({ force: true });
  await cell(page, "Rent", now).fill("5");
  await cell(page, "Rent", now).press("Enter");
  await expect(cell(ben.page, "Rent", now)).toHaveValue("5.00");
  await expect(cell(ben.page, "Groceries", now)).toHaveValue("777.00");
});

test("a question before plans are replaced names them, and follows what others change meanwhile", async ({ household: { anna, ben } }, info) => {
  await Promise.all([open(anna), open(ben)]);
  const { page } = anna;
  const [now, next] = [await heading(anna), await heading(anna, 1)];
  const set = async (name: string, month: string, amount: string, by = anna) => {
    await cell(by.page, name, month).fill(amount);
    await cell(by.page, name, month).press("Enter");
  };
  for (const [name, month, amount] of [["Groceries", now, "400"], ["Rent", now, "900"], ["Groceries", next, "350"]] as const) await set(name, month, amount);
  await expect(cell(ben.page, "Groceries", next)).toHaveValue("350.00");
  await cell(page, "Groceries", next).focus();
  await page.getByRole("button", { name: "Copy last month" }).click();
  const question = page.getByRole("group").filter({ hasText: "planned already" });
  await expect(question).toContainText("Of 2 amounts 1 replaces one");
  await expect(question.getByRole("listitem")).toHaveText(["Groceries: 350.00 → 400.00"]);
  await set("Rent", next, "777", ben);
  await expect(question.getByRole("listitem")).toHaveText(["Groceries: 350.00 → 400.00", "Rent: 777.00 → 900.00"]);
  await expect(question).toContainText("All 2 amounts replace");
  for (const [width, scheme] of [[390, "light"], [1440, "dark"]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: info.outputPath(`question-${width}-${scheme}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await question.getByRole("button", { name: "Replace" }).click();
  await expect(cell(ben.page, "Rent", next)).toHaveValue("900.00");
  await expect(cell(ben.page, "Groceries", next)).toHaveValue("400.00");
});
