import type { Page } from "@playwright/test";
import { expect, expectFault, found, type Person, test as base } from "../support/fixtures";
import { Server } from "../support/server";
import { bar, hasStopped, lateProgram, noProgram, panic, reload, says } from "../support/stopped";

// As people have it: with the service worker.
const test = base.extend<object, { server: Server }>({
  server: [
    // biome-ignore lint: Playwright wants the empty pattern
    async ({}, use) => {
      const server = await Server.start(undefined, { FAMILY_BUDGET_SERVICE_WORKER: "on" });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

const form = (page: Page) => page.getByRole("form", { name: "Add a transaction" });

/** Types an entry and presses Enter: the plain form saves it, and the returned page shows it. */
async function writesPlainly({ page, ...person }: Person, note: string): Promise<void> {
  await form(page).getByLabel("Amount").fill("12.50");
  await form(page).getByLabel("Category").selectOption({ label: "Groceries" });
  await form(page).getByLabel("Note").fill(note);
  const loaded = page.waitForEvent("load");
  await form(page).getByLabel("Note").press("Enter");
  await loaded;
  const { items } = await person.context.request.get(`${person.server.url}/api/v1/facts`).then((answer) => answer.json());
  expect(items.filter((row: { comment: string; amount: string }) => row.comment === note && row.amount === "-12.50")).toHaveLength(1);
}

/** Changes to a page before its program starts, as an extension or a phone makes them. */
const strangers: [name: string, change: () => void][] = [
  ["an extension's node beside a field", () => document.querySelector(".quick-add")?.prepend(document.createElement("my-passwords"))],
  ["an extension's node before everything in the page", () => document.querySelector("main")?.prepend(document.createElement("div"))],
  [
    "a figure that became a link",
    () => {
      const figure = document.querySelector(".figure-big");
      const link = document.createElement("a");
      link.href = "tel:1234567";
      link.append(...(figure?.childNodes ?? []));
      figure?.append(link);
    },
  ],
];

for (const [name, change] of strangers) {
  test(`a page that cannot start says so, and its form still saves: ${name}`, async ({ household: { anna } }) => {
    const { page } = anna;
    await page.addInitScript(`addEventListener("DOMContentLoaded", ${change})`);
    await page.goto(anna.server.url);
    await hasStopped(anna);
    await writesPlainly(anna, "by the plain form");
    await hasStopped(anna);
    await expect(anna.rows("by the plain form")).toHaveCount(1);
    await expectFault(/panicked at|unreachable/);
  });
}

test("a node that an extension adds beside the program does not matter", async ({ household: { anna } }) => {
  await anna.page.addInitScript(`addEventListener("DOMContentLoaded", () => {
    document.body.prepend(document.createElement("div"));
    document.body.append(document.createElement("div"));
  })`);
  await anna.openLive();
  await anna.add("3", "Groceries", "works");
  await expect(anna.rows("works")).toHaveCount(1);
  await expect(bar(anna.page)).toBeHidden();
});

for (const file of ["js", "wasm"]) {
  test(`a page that does not get its program says so, and its form still saves: ${file}`, async ({ household: { anna } }) => {
    const { page } = anna;
    await page.route(`**/pkg/*/*.${file}`, (route) => route.abort());
    await page.goto(anna.server.url);
    await hasStopped(anna);
    await expect(page.getByText("Connecting…").first()).toBeVisible();
    await writesPlainly(anna, "without a program");
    await hasStopped(anna);
    // Refused with a message, not lost silently.
    await form(page).getByLabel("Amount").fill("much");
    await form(page).getByLabel("Category").selectOption({ label: "Groceries" });
    const refused = page.waitForEvent("load");
    await form(page).getByLabel("Amount").press("Enter");
    await refused;
    await expect(form(page)).toContainText("Enter an amount, for example 12.50");
    await expect(form(page).getByLabel("Amount")).toHaveValue("much");
    await page.unroute(`**/pkg/*/*.${file}`);
    await reload(page).click();
    await anna.live();
    await expect(bar(page)).toBeHidden();
    await expectFault(/fetch/i);
  });
}

test("a late page says so after ten seconds, and stops saying so once it has started", async ({ household: { anna } }) => {
  const { page } = anna;
  // Time is frozen except for what the test lets pass, since a slow machine takes seconds of its own.
  const start = Date.now();
  await page.clock.install({ time: start });
  await page.clock.pauseAt(start + 1_000);
  const arrive = await lateProgram(page);
  await page.goto(anna.server.url);
  await expect(bar(page)).toBeHidden();
  await page.clock.fastForward(9_000);
  await expect(bar(page)).toBeHidden();
  await page.clock.fastForward(2_000);
  await says(page, "has not started yet");
  await expect(page.getByText("Connecting…").first()).toBeVisible();
  await expect(page.getByText(/\bLive\b/)).toHaveCount(0);
  await page.clock.resume();
  arrive();
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await expect(bar(page)).toBeHidden();
  await anna.live();
});

test("a page that panics says so and never claims to be live again, and its form still saves", async ({ household: { anna, ben } }) => {
  const { page } = anna;
  await Promise.all([anna.openLive(), ben.openLive()]);
  await anna.add("1", "Groceries", "before");
  await expect(ben.rows("before")).toHaveCount(1);
  await panic(page);
  await hasStopped(anna);
  // Neither a change elsewhere nor the network makes it claim to be live again.
  await ben.add("2", "Groceries", "after");
  await expect(ben.rows("after")).toHaveCount(1);
  await anna.context.setOffline(true);
  await anna.context.setOffline(false);
  await page.evaluate(() => window.dispatchEvent(new Event("pageshow")));
  await hasStopped(anna);
  await writesPlainly(anna, "by the plain form");
  await anna.live();
  await expect(bar(page)).toBeHidden();
  await expect(anna.rows(/before|after|by the plain form/)).toHaveCount(3);
  await expectFault(/panicked at/);
});

test("a form that only the program can save is refused with a message, and its text stays", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await anna.add("1", "Groceries", "open row");
  await anna.rows("open row").getByRole("button").click();
  const editor = page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Note").fill("half a thought");
  await panic(page);
  await hasStopped(anna);
  await editor.getByLabel("Note").press("Enter");
  await says(page, "This was not saved");
  await expect(editor.getByLabel("Note")).toHaveValue("half a thought");
  await reload(page).click();
  await anna.live();
  await expectFault(/panicked at/);
});

test("a page that panics asks for a password as the sign-in page does, and calls no choice lost", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.open("/household");
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  const category = page.getByRole("form", { name: "Edit the category" });
  await panic(page);
  await hasStopped(anna);
  await category.getByRole("radio").nth(2).check({ force: true });
  await page.keyboard.press("Tab");
  await says(page, "This page has stopped working");
  // Only the program could send them.
  await category.getByRole("button", { name: "Save" }).click();
  await says(page, "This was not saved");

  await anna.openLive();
  const { email } = await anna.api<{ email: string }>("get", "/auth/me");
  await anna.request.post(`${anna.server.url}/api/v1/auth/logout`);
  const again = page.getByRole("dialog", { name: "Signed out" });
  await expect(again).toBeVisible();
  await panic(page);
  await hasStopped(anna);
  await again.getByLabel("Email").fill(email);
  await again.getByLabel("Password").fill("correct horse");
  await page.keyboard.press("Tab");
  await says(page, "This page has stopped working");
  await again.getByRole("button", { name: "Sign in" }).click();
  await anna.live();
  await expect(bar(page)).toBeHidden();
  await expectFault(/panicked at/);
});

test("a page that panics says what it does not save: a plan, a category, a part of a split", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.open("/plan");
  await anna.live();
  // A page that works shows no notice.
  await page.locator(".plan-input").first().fill("120");
  await page.keyboard.press("Enter");
  await expect(page.locator(".plan-input").first()).toHaveValue("120.00");
  await expect(bar(page)).toBeHidden();
  await panic(page);
  await hasStopped(anna);
  await page.locator(".plan-input").nth(1).fill("130");
  await page.keyboard.press("Tab");
  await says(page, "This was not saved");

  await anna.open("/household");
  await page.getByRole("button", { name: "Gifts", exact: true }).click();
  const category = page.getByRole("form", { name: "Edit the category" });
  await panic(page);
  await hasStopped(anna);
  await category.getByLabel("Name").fill("Presents");
  await page.keyboard.press("Tab");
  await says(page, "This was not saved");

  await anna.openLive();
  await form(page).getByRole("button", { name: "Split…" }).click();
  const split = page.getByRole("dialog", { name: "Split" });
  await panic(page);
  await hasStopped(anna);
  await split.getByLabel("Note").first().fill("for the week");
  await page.keyboard.press("Tab");
  await says(page, "This was not saved");
  await expectFault(/panicked at/);
});

test("the bar can be used while a dialog is open", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await form(page).getByRole("button", { name: "Split…" }).click();
  await page.getByRole("dialog", { name: "Split" }).getByLabel("Note").first().fill("for the week");
  await panic(page);
  await hasStopped(anna);
  await reload(page).click();
  await anna.live();
  await expectFault(/panicked at/);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a chip and the sheet work without the program", async ({ browser, server }) => {
    const { anna } = await found(browser, server, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const { page } = anna;
    await noProgram(page);
    await page.goto(server.url);
    await hasStopped(anna);
    await form(page).getByLabel("Amount").fill("4");
    const loaded = page.waitForEvent("load");
    await form(page).locator(".chip").first().tap();
    await loaded;
    await expect(anna.rows("−4.00")).toHaveCount(1);
    await form(page).getByLabel("Amount").fill("5");
    await page.locator(".behind").tap();
    const sheet = page.locator("dialog.sheet");
    await sheet.getByLabel("Category").selectOption({ label: "Gifts" });
    await sheet.getByLabel("Note").fill("from the sheet");
    await sheet.getByRole("button", { name: "Add", exact: true }).tap();
    await expect(anna.rows("from the sheet")).toContainText("−5.00");
    await hasStopped(anna);
    await expectFault(/fetch/i);
    await anna.context.close();
  });
});

test("phones are told not to turn figures into links", async ({ household: { anna } }) => {
  for (const path of ["/", "/settings"]) {
    await anna.page.goto(anna.server.url + path);
    await expect(anna.page.locator('meta[name="format-detection"]')).toHaveAttribute("content", "telephone=no,date=no,address=no,email=no");
  }
});
