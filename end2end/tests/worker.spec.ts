import type { Page, Response } from "@playwright/test";
import { anotherBuild } from "../support/another-build";
import { expect, found, type Household, Person, test as base } from "../support/fixtures";
import { Server } from "../support/server";
import { facts } from "../support/writes";

// Each test stops its own server, because `setOffline` does not close sockets.
const test = base.extend<{ own: Server; home: Household }>({
  // biome-ignore lint: Playwright wants the empty pattern
  own: async ({}, use) => {
    const server = await Server.start(undefined, { FAMILY_BUDGET_SERVICE_WORKER: "on" });
    await use(server);
    await server.stop();
  },
  home: async ({ browser, own, locale }, use) => {
    const home = await found(browser, own, { locale });
    await use(home);
    await home.anna.context.close();
    await home.ben.context.close();
  },
});

/** Waits until the browser has a worker that answers. */
const kept = (page: Page) => page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state));

/** The addresses of everything that the worker stores. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(stores.map((store) => store.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

const build = (page: Page) => page.evaluate(() => document.documentElement.dataset.build);
/** The builds of which the worker keeps files, the oldest first. */
const builds = (page: Page) => page.evaluate(async () => (await caches.keys()).map((name) => name.replace("build ", "")));
const away = (page: Page, text = "No connection to the server") => page.getByRole("heading", { name: text });

test("without the server a page says so, with what waits, and opens by itself once the server is back", async ({ home: { anna, ben }, own }) => {
  await anna.openLive();
  await kept(anna.page);
  await own.kill();
  await anna.add("4", "Groceries", "at the till");
  await expect(anna.page.locator("#connection").getByText("Kept on this device.", { exact: true })).toBeAttached();
  // The pages of the book are opened without the server, too (offline.spec.ts).
  await anna.page.goto(`${own.url}/settings`);
  await expect(away(anna.page)).toBeVisible();
  await expect(anna.page).toHaveTitle(/No connection/);
  await expect(anna.page.getByText("Changes kept on this device: 1")).toBeVisible();
  await anna.page.getByRole("button", { name: "Try again" }).click();
  await expect(away(anna.page)).toBeVisible();
  await own.run();
  await expect(anna.page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await anna.openLive();
  await ben.openLive();
  await expect(ben.rows("at the till")).toContainText("−4.00");
  expect((await facts(ben)).length).toBe(1);
});

test("the page speaks the language of the person and has the chosen colours", async ({ browser, own }) => {
  const { anna } = await found(browser, own, { locale: "ru-RU" });
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.getByRole("radio", { name: "Тёмное" }).check({ force: true });
  await anna.page.getByRole("form", { name: "Вы" }).getByRole("button", { name: "Сохранить" }).click();
  await expect(anna.page.getByRole("status").filter({ hasText: "Сохранено" })).toBeVisible();
  await anna.open("/");
  await kept(anna.page);
  await own.kill();
  await anna.page.goto(`${own.url}/settings`);
  await expect(away(anna.page, "Нет связи с сервером")).toBeVisible();
  await expect(anna.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(anna.page.locator("html")).toHaveAttribute("lang", "ru");
  // Nothing waits.
  await expect(anna.page.getByText("Изменений, сохранённых на этом устройстве")).toBeHidden();
  await anna.context.close();
});

test("the worker stores the files of the program and nothing of a household", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await kept(anna.page);
  await anna.add("5", "Groceries", "private");
  await expect(anna.rows("private")).not.toContainText("saving…");
  // By the worker, this time.
  for (const path of ["/", "/plan", "/household"]) {
    await anna.open(path);
    await anna.live();
  }
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.evaluate(() => fetch("/api/v1/facts").then((answer) => answer.text()));
  await anna.openLive();
  const id = await build(anna.page);
  const strange = (await stored(anna.page)).filter((path) => !path.startsWith(`/pkg/${id}/`));
  expect(strange.sort()).toEqual(["/offline", "/offline.js", "/stopped.js"]);
});

test("a worker that is switched off is gone from a browser that opens a page, with all that it stored", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await kept(anna.page);
  expect((await stored(anna.page)).length).toBeGreaterThan(3);
  await own.kill();
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "off" };
  await own.run();
  await anna.openLive();
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length))).toBe(0);
  await expect.poll(() => stored(anna.page)).toEqual([]);
  await anna.openLive();
  await anna.add("6", "Groceries", "as before");
  await expect(anna.rows("as before")).toHaveCount(1);
});

test("a new build takes over once a page of it is loaded, and pages of the one before keep their files", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await kept(anna.page);
  // The worker answers for the pages after the one that asked for it.
  await anna.openLive();
  const before = await build(anna.page);
  const files = (await stored(anna.page)).filter((path) => path.startsWith(`/pkg/${before}/`));
  const another = anotherBuild();
  await own.kill();
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "on", ...another.env };
  await own.run();
  // The open page is told, and nothing happens to it.
  const banner = anna.page.getByRole("status").filter({ hasText: "new version" });
  await expect(banner).toBeVisible();
  await anna.page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting?.state))).toBe("installed");
  const beside = new Person("Anna", anna.context, await anna.context.newPage(), own);
  await banner.getByRole("button", { name: "Reload" }).click();
  await anna.live();
  const after = await build(anna.page);
  expect(after).not.toBe(before);
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting?.state))).toBe(undefined);
  expect(await builds(anna.page)).toEqual([before, after]);
  // The server has them no longer.
  // What the browser itself has kept does not count.
  const ask = (files: string[]) => Promise.all(files.map((file) => fetch(file, { cache: "reload" }).then(({ ok }) => ok)));
  const found = await anna.page.evaluate(ask, files);
  expect(found.length).toBeGreaterThan(2);
  expect(found).not.toContain(false);
  await beside.openLive();
  expect(await build(beside.page)).toBe(after);
  await own.kill();
  await beside.page.goto(`${own.url}/settings`);
  await expect(away(beside.page)).toBeVisible();
  another.remove();
});

test("the second visit takes the program from the worker", async ({ home: { anna } }) => {
  const { page } = anna;
  // As fast as a phone.
  const session = await anna.context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.addInitScript(() => {
    const hydrated = new MutationObserver(() => performance.mark("interactive"));
    hydrated.observe(document, { attributeFilter: ["data-hydrated"], subtree: true });
  });
  const visit = async (name: string) => {
    const answers: Response[] = [];
    const hear = (answer: Response) => answers.push(answer);
    page.on("response", hear);
    await anna.openLive();
    page.off("response", hear);
    const sent = answers.filter((answer) => !answer.fromServiceWorker());
    const sizes = await Promise.all(sent.map((answer) => answer.request().sizes().then(({ responseBodySize }) => responseBodySize).catch(() => 0)));
    const [paint, interactive] = await page.evaluate(() =>
      ["first-contentful-paint", "interactive"].map((name) => Math.round(performance.getEntriesByName(name)[0]?.startTime ?? 0)),
    );
    console.log(`${name} visit: ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1000)} KB, painted after ${paint} ms, interactive after ${interactive} ms`);
    return answers.filter((answer) => answer.url().includes("/pkg/"));
  };
  await visit("first");
  await kept(page);
  const files = await visit("second");
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => !file.fromServiceWorker()).map((file) => file.url())).toEqual([]);
});
