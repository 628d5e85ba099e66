import type { Page, Response } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { anotherBuild } from "../support/another-build";
import { put, stores } from "../support/device";
import { expect, found, Person } from "../support/fixtures";
import { hasWorker, test } from "../support/phone";
import { facts } from "../support/writes";

/** The addresses of everything that the worker stores. */
const stored = (page: Page) =>
  page.evaluate(async () => {
    const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(stores.map((store) => store.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

const build = (page: Page) => page.evaluate(() => document.documentElement.dataset.build);
/** The builds of which the worker keeps files, the oldest first. */
const builds = (page: Page) =>
  page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("build ")).map((name) => name.replace("build ", "")));
/** The files of the page's build that the worker stores. */
async function files(page: Page): Promise<string[]> {
  const id = await build(page);
  return (await stored(page)).filter((path) => path.startsWith(`/pkg/${id}/`));
}
/** Whether a page gets these files. What the browser itself has kept does not count. */
const gets = (page: Page, files: string[]) =>
  page.evaluate((files) => Promise.all(files.map((file) => fetch(file, { cache: "reload" }).then(({ ok }) => ok, () => false))), files);
/** Waits until the browser has stored another build, which waits for a page of it. */
async function waiting(page: Page, count: number): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()));
  await expect.poll(() => builds(page)).toHaveLength(count);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.ready.then(({ installing, waiting }) => installing ?? waiting).then((it) => it?.state))).toBe("installed");
}
const away = (page: Page, text = "No connection to the server") => page.getByRole("heading", { name: text });

test("without the server a page says so, with what waits, and opens by itself once the server is back", async ({ home: { anna, ben }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
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

test("the page counts what is kept of the account that was used last, and nothing after it has signed out", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  // Of somebody else.
  await put(anna.page, "outbox", [randomUUID(), randomUUID(), randomUUID()], "{}");
  await own.kill();
  await anna.add("4", "Groceries", "at the till");
  await expect(anna.page.locator("#connection").getByText("Kept on this device.", { exact: true })).toBeAttached();
  // The pages of the book are opened without the server.
  await anna.page.goto(`${own.url}/settings`);
  await expect(anna.page.getByText("Changes kept on this device: 1")).toBeVisible();
  await own.run();
  await expect(anna.page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await anna.openLive();
  await expect(anna.rows("at the till")).toHaveCount(1);
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  await expect.poll(() => stores(anna.page)).toEqual([1, 1, 1]);
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await own.kill();
  await anna.page.goto(own.url);
  await expect(away(anna.page)).toBeVisible();
  // It is counted a moment later, if at all.
  expect(await stores(anna.page)).toEqual([1, 0, 0]);
  await expect(anna.page.getByText("Changes kept on this device")).toBeHidden();
});

test("the page speaks the language of the person and has the chosen colours", async ({ browser, own }) => {
  const { anna } = await found(browser, own, { locale: "ru-RU" });
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.getByRole("radio", { name: "Тёмное" }).check({ force: true });
  await anna.page.getByRole("form", { name: "Вы" }).getByRole("button", { name: "Сохранить" }).click();
  await expect(anna.page.getByRole("status").filter({ hasText: "Сохранено" })).toBeVisible();
  await anna.open("/");
  await hasWorker(anna.page);
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
  await hasWorker(anna.page);
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
  await hasWorker(anna.page);
  expect((await stored(anna.page)).length).toBeGreaterThan(3);
  await own.kill();
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "off" };
  await own.run();
  await anna.openLive();
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length))).toBe(0);
  await expect.poll(() => stored(anna.page)).toEqual([]);
  expect(await anna.page.evaluate(() => caches.keys())).toEqual([]);
  await anna.openLive();
  await anna.add("6", "Groceries", "as before");
  await expect(anna.rows("as before")).toHaveCount(1);
});

test("a new build takes over once a page of it is loaded, and pages of the one before keep their files", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  // This time the page itself comes through the worker, too.
  await anna.openLive();
  const before = await build(anna.page);
  const old = await files(anna.page);
  expect(old.length).toBeGreaterThan(2);
  const another = anotherBuild();
  await own.kill();
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "on", ...another.env };
  await own.run();
  // The open page is told, and nothing happens to it.
  const banner = anna.page.getByRole("status").filter({ hasText: "new version" });
  await expect(banner).toBeVisible();
  await waiting(anna.page, 2);
  const beside = new Person("Anna", anna.context, await anna.context.newPage(), own);
  await banner.getByRole("button", { name: "Reload" }).click();
  await anna.live();
  const after = await build(anna.page);
  expect(after).not.toBe(before);
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.ready.then(({ waiting }) => waiting?.state))).toBe(undefined);
  expect(await builds(anna.page)).toEqual([before, after]);
  // The server has them no longer.
  expect(await gets(anna.page, old)).not.toContain(false);
  await beside.openLive();
  expect(await build(beside.page)).toBe(after);
  await own.kill();
  await beside.page.goto(`${own.url}/settings`);
  await expect(away(beside.page)).toBeVisible();
  another.remove();
});

test("a build that was stored and never used takes no file from the pages that are open", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  await anna.openLive();
  const [before, old] = [await build(anna.page), await files(anna.page)];
  const [unused, used] = [anotherBuild("unused"), anotherBuild("used")];
  for (const [at, { env }] of [unused, used].entries()) {
    await own.kill();
    own.also = { FAMILY_BUDGET_SERVICE_WORKER: "on", ...env };
    await own.run();
    await waiting(anna.page, 2 + at);
  }
  const beside = new Person("Anna", anna.context, await anna.context.newPage(), own);
  await beside.openLive();
  const after = await build(beside.page);
  await expect.poll(() => builds(beside.page)).toEqual([before, after]);
  expect(old.length).toBeGreaterThan(2);
  expect(await gets(anna.page, old)).not.toContain(false);
  unused.remove();
  used.remove();
});

test("the first page has the rest of its program from the worker, and the next one the page without a server", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  await expect.poll(() => anna.page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe("activated");
  const all = await files(anna.page);
  expect(all.length).toBeGreaterThan(2);
  await own.kill();
  expect(await gets(anna.page, all)).not.toContain(false);
  const next = await anna.context.newPage();
  await next.goto(`${own.url}/settings`);
  await expect(away(next)).toBeVisible();
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
  await hasWorker(page);
  const files = await visit("second");
  expect(files.length).toBeGreaterThan(2);
  expect(files.filter((file) => !file.fromServiceWorker()).map((file) => file.url())).toEqual([]);
});
