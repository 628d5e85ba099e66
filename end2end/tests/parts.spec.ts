import type { Page } from "@playwright/test";
import { expect, found, test } from "../support/fixtures";
import { asked, holdBack, loading, lost, missing as missingIn, PARTS, parts, split, tab, todayWithoutParts, untilIdle } from "../support/parts";
import { bar, says } from "../support/stopped";

test.skip(!split, "this build is not split");

const pages = [
  { path: "/plan", tab: "Plan", shows: (page: Page) => page.getByRole("button", { name: "Copy last month" }) },
  { path: "/household", tab: "Household", shows: (page: Page) => page.getByRole("heading", { name: "Categories" }) },
];

const main = (page: Page) => page.getByRole("main");
const missing = (page: Page) => missingIn(main(page));

test("Today starts without the parts of the other pages, loads each once when it is idle, and then every page opens offline", async ({ household: { anna } }) => {
  const { page } = anna;
  const refused: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  const kept: (string | undefined)[] = [];
  page.on("response", (response) => {
    if (PARTS.test(response.url())) kept.push(response.headers()["cache-control"]);
  });
  const counted = asked(page);
  const release = await holdBack(page);
  await anna.openLive();
  await anna.add("3", "Groceries", "before any part");
  await expect(anna.rows("before any part")).toHaveCount(1);
  release();
  await expect.poll(() => [...counted.keys()].sort()).toEqual([...parts].sort());
  await untilIdle(page);
  await anna.context.setOffline(true);
  for (const { tab: name, shows } of [...pages, ...pages]) {
    await tab(page, name).click();
    await expect(shows(page)).toBeVisible();
  }
  expect(Math.max(...counted.values()), "each part is loaded once").toBe(1);
  expect(new Set(kept), "a browser keeps them for good").toEqual(new Set(["public, max-age=31536000, immutable"]));
  expect(refused).toEqual([]);
});

for (const { path, tab: name, shows } of pages) {
  test(`${name}: while its part is loading, the page says so, the tab has moved, and text typed on Today stays`, async ({ household: { anna } }) => {
    const { page } = anna;
    const release = await holdBack(page);
    await anna.openLive();
    await page.getByRole("form", { name: "Add a transaction" }).getByLabel("Note").fill("half a thought");
    await tab(page, name).click();
    await expect(loading(main(page))).toBeVisible();
    await expect(tab(page, name)).toHaveAttribute("aria-current", "page");
    await expect(page).toHaveTitle(new RegExp(`^${name} `));
    release();
    await expect(shows(page)).toBeVisible();
    await expect(page).toHaveTitle(new RegExp(`^${name} `));
    await tab(page, "Today").click();
    await expect(page.getByRole("form", { name: "Add a transaction" }).getByLabel("Note")).toHaveValue("half a thought");
  });

  test(`${name}: a part that fails to load is reported, and loaded at the next try`, async ({ household: { anna } }) => {
    const { page } = anna;
    await todayWithoutParts(anna);
    await tab(page, name).click();
    await expect(missing(page)).toBeVisible();
    await missing(page).getByRole("button", { name: "Try again" }).click();
    await expect(missing(page)).toBeVisible();
    // The rest of the page works.
    await tab(page, "Today").click();
    await anna.add("4", "Groceries", "meanwhile");
    await expect(anna.rows("meanwhile")).toHaveCount(1);
    await tab(page, name).click();
    await expect(missing(page)).toBeVisible();
    await page.unroute(PARTS, lost);
    await missing(page).getByRole("button", { name: "Try again" }).click();
    await expect(shows(page)).toBeVisible();
    await expect(missing(page)).toHaveCount(0);
  });

  test(`${name}: a part that failed to load is loaded automatically once the network is back`, async ({ household: { anna } }) => {
    const { page } = anna;
    await todayWithoutParts(anna);
    await anna.context.setOffline(true);
    await expect(page.getByText(/Offline since/).first()).toBeVisible();
    await tab(page, name).click();
    await expect(missing(page)).toBeVisible();
    await page.unroute(PARTS, lost);
    await anna.context.setOffline(false);
    await expect(shows(page)).toBeVisible();
    await anna.live();
  });

  test(`${name}: opened by its address, the server's page stays until its part arrives, and then it is live`, async ({ household: { anna } }) => {
    const { page } = anna;
    let tries = 0;
    // The first try fails, and another follows.
    await page.route(PARTS, (route) => (tries++ === 0 ? route.abort() : route.continue()));
    await page.goto(anna.server.url + path);
    await expect(shows(page)).toBeVisible();
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    expect(tries).toBeGreaterThan(1);
    await expect(bar(page)).toBeHidden();
    await anna.live();
    await tab(page, "Today").click();
    await anna.add("5", "Groceries", "on Today");
    await expect(anna.rows("on Today")).toHaveCount(1);
  });
}

test("the dialog of a split says that its form failed to load, and then that it is loading", async ({ household: { anna } }) => {
  const { page } = anna;
  await todayWithoutParts(anna);
  await page.getByRole("form", { name: "Add a transaction" }).getByRole("button", { name: "Split…" }).click();
  const dialog = page.getByRole("dialog", { name: "Split" });
  const said = missingIn(dialog);
  await expect(said).toBeVisible();
  await page.unroute(PARTS, lost);
  const release = await holdBack(page);
  await said.getByRole("button", { name: "Try again" }).click();
  await expect(loading(dialog)).toBeVisible();
  release();
  await expect(dialog.getByLabel("Note").first()).toBeVisible();
  await expect(dialog.getByLabel("Amount").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("a page whose part is late says after ten seconds that it has not started, and stops saying so once it has", async ({ household: { anna } }) => {
  const { page } = anna;
  const start = Date.now();
  await page.clock.install({ time: start });
  await page.clock.pauseAt(start + 1_000);
  const release = await holdBack(page);
  await page.goto(`${anna.server.url}/plan`);
  await page.clock.fastForward(11_000);
  await says(page, "has not started yet");
  await expect(page.getByRole("button", { name: "Copy last month" })).toBeVisible();
  await page.clock.resume();
  release();
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await expect(bar(page)).toBeHidden();
  await anna.live();
});

test("a page of an earlier build whose parts are gone says so and offers to reload", async ({ household: { anna } }) => {
  const { page } = anna;
  await page.route(PARTS, (route) => route.fulfill({ status: 404, body: "" }));
  let newer = true;
  await page.routeWebSocket(/budget\/ws/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => socket.send(newer ? String(message).replace(/"build":"[^"]*"/, '"build":"newer"') : message));
  });
  const tried = page.waitForResponse(PARTS);
  await anna.openLive();
  await tried;
  await tab(page, "Plan").click();
  await expect(main(page).getByRole("alert")).toContainText("has a newer version by now: reload the page");
  await expect(main(page).getByRole("button", { name: "Try again" })).toHaveCount(0);
  // The new build's page has its own parts.
  await page.unroute(PARTS);
  newer = false;
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.locator("html[data-hydrated]")).toBeAttached();
  await expect(page).toHaveURL(/\/plan$/);
  await expect(page.getByRole("button", { name: "Copy last month" })).toBeVisible();
  await anna.live();
});

test.describe("in Russian", () => {
  test.use({ locale: "ru-RU" });

  test("a part that fails to load is reported in the person's language", async ({ browser, server }) => {
    const { anna } = await found(browser, server, { locale: "ru-RU" });
    await todayWithoutParts(anna);
    await tab(anna.page, "План").click();
    const said = main(anna.page).getByRole("alert");
    await expect(said).toContainText("Эта часть страницы не загрузилась. Проверьте соединение.");
    await expect(said.getByRole("button", { name: "Повторить" })).toBeVisible();
    await anna.context.close();
  });
});
