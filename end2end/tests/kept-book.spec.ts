import type { Page } from "@playwright/test";
import { keys } from "../support/device";
import { hasWorker, keepsBook, storedNumbers, test } from "../support/phone";
import { expect, Person } from "../support/fixtures";
import { looksRight } from "../support/look";
import { fillCopies } from "../support/signing-out";
import { lose, waits, writes } from "../support/writes";

const choice = ({ page }: Person) => page.getByRole("checkbox", { name: "Keep the book on this device for when there is no network" });

/** Another person's change arrives on a page with a clock of its own: it keeps the book in a moment, if it still does. */
async function receives(person: Person, from: Person, note: string): Promise<void> {
  await from.add("3", "Gifts", note);
  await expect(person.rows(note)).toHaveCount(1);
}

/** What this browser stores once the pages have done what they do later. */
async function storedLater(...pages: Page[]): Promise<number[] | undefined> {
  for (const page of pages) await page.clock.runFor(3_000);
  return storedNumbers(pages[0]);
}

test("a live page keeps the book as it is confirmed, with what others change, and nothing that waits", async ({ home: { anna, ben } }) => {
  await anna.openLive();
  await keepsBook(anna);
  await ben.openLive();
  await ben.add("5", "Groceries", "of Ben");
  await expect(anna.rows("of Ben")).toHaveCount(1);
  await keepsBook(anna);
  await anna.context.route(writes, lose);
  await anna.add("6", "Groceries", "of Anna");
  await expect(waits(anna, "of Anna")).toBeVisible();
  await ben.add("7", "Gifts", "once more");
  await expect(anna.rows("once more")).toHaveCount(1);
  const book = () =>
    anna.page.evaluate(async () => {
      const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
      const database = await done(indexedDB.open("family-budget"));
      const [book] = await done(database.transaction("book").objectStore("book").getAll());
      database.close();
      return String(book);
    });
  await expect.poll(book).toContain("once more");
  expect(await book()).not.toContain("of Anna");
});

test("the settings switch the copy of the book off at once and for this device, and entries that wait are kept all the same", async ({ home: { anna, ben } }, info) => {
  await anna.page.clock.install();
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "waits");
  await expect(waits(anna, "waits")).toBeVisible();
  await expect.poll(() => storedNumbers(anna.page)).toEqual([1, 1, 1]);
  const second = new Person("Anna", anna.context, await anna.context.newPage(), anna.server);
  await second.page.clock.install();
  await second.openLive();
  await anna.page.goto(`${anna.server.url}/settings`);
  await expect(choice(anna)).toBeChecked();
  await expect(anna.page.getByText("It lies in this browser unencrypted until you sign out on this device")).toBeVisible();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await choice(anna).scrollIntoViewIfNeeded();
    await anna.page.screenshot({ path: info.outputPath(`switch-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, [], { language: "en", axe: true }, "the switch of the kept book");
  await choice(anna).uncheck();
  await expect.poll(() => storedNumbers(anna.page)).toEqual([1, 0, 0]);
  // Without the server, what waits of hers is counted all the same.
  const counted = () => anna.page.evaluate(() => JSON.parse(localStorage.getItem("shell") ?? "{}").account);
  expect(await counted()).toBe(await second.page.evaluate(() => document.documentElement.dataset.account));
  // No page of this browser keeps it any more.
  await ben.openLive();
  await receives(second, ben, "of Ben");
  expect(await storedLater(second.page)).toEqual([1, 0, 0]);
  await anna.context.unroute(writes);
  await second.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(second.rows("waiting…")).toHaveCount(0);
  await anna.openLive();
  await anna.add("5", "Gifts", "later");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await receives(anna, ben, "of Ben once more");
  await expect.poll(() => storedLater(anna.page, second.page)).toEqual([0, 0, 0]);
  await anna.page.goto(`${anna.server.url}/settings`);
  await expect(choice(anna)).not.toBeChecked();
  await choice(anna).check();
  await anna.openLive();
  await keepsBook(anna);
});

/** Whose copies of a book this browser keeps. */
const readers = (page: Page) =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await done(indexedDB.open("family-budget"));
    const readers = await done(database.transaction("who").objectStore("who").getAll());
    database.close();
    return readers.map((reader: string) => JSON.parse(reader).email.split("-")[0]);
  });

test("a page of somebody who has signed out in another tab does not go on for whoever has signed in", async ({ home: { anna, ben }, own }) => {
  await anna.openLive();
  await keepsBook(anna);
  await anna.context.clearCookies();
  await anna.context.addCookies(await ben.context.cookies());
  // Her page has not noticed: its socket comes back with his session.
  await own.kill();
  await own.run();
  await expect.poll(() => readers(anna.page).catch(() => [])).toEqual(["ben"]);
  await anna.live();
});

test("another person on the same browser finds no copy of the book", async ({ home: { anna, ben } }) => {
  await anna.openLive();
  await keepsBook(anna);
  await anna.context.clearCookies();
  await anna.context.addCookies(await ben.context.cookies());
  await anna.openLive();
  await expect.poll(() => readers(anna.page)).toEqual(["ben"]);
  expect(await storedNumbers(anna.page)).toEqual([0, 1, 1]);
});

test("a page that is open does not bring back a copy that was erased, and keeps entries all the same", async ({ home: { anna, ben } }) => {
  await anna.page.clock.install();
  await anna.openLive();
  await keepsBook(anna);
  // As a tab does in which the person signs out, before this one hears of it.
  await anna.page.evaluate(async () => {
    localStorage.removeItem("book-of");
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await done(indexedDB.open("family-budget"));
    const transaction = database.transaction(["book", "who"], "readwrite");
    await Promise.all(["book", "who"].map((name) => done(transaction.objectStore(name).clear())));
    database.close();
  });
  await ben.openLive();
  await receives(anna, ben, "of Ben");
  expect(await storedLater(anna.page)).toEqual([0, 0, 0]);
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "of Anna");
  await expect(waits(anna, "of Anna")).toBeVisible();
  await expect.poll(() => storedLater(anna.page)).toEqual([1, 0, 0]);
  await anna.context.unroute(writes);
  // The server answers her.
  await anna.openLive();
  await keepsBook(anna);
});

test("signing out and being removed leave no copy of the book and no page without the server", async ({ home: { anna, ben }, own }) => {
  await ben.page.clock.install();
  await ben.openLive();
  await hasWorker(ben.page);
  await keepsBook(ben);
  await anna.openLive();
  await receives(ben, anna, "while Ben is a member");
  const { me } = await ben.api<{ me: string }>("get", "/snapshot");
  const elsewhere = [await ben.page.evaluate(() => document.documentElement.dataset.account ?? ""), "another household"];
  await fillCopies(ben.page, elsewhere);
  await anna.api("delete", `/members/${me}`);
  await expect(ben.page.getByRole("dialog", { name: "No longer a member" })).toBeVisible();
  await expect.poll(() => storedLater(ben.page)).toEqual([0, 1, 1]);
  // Nobody has removed him from that one.
  expect(await keys(ben.page, "book")).toEqual([elsewhere]);
  expect(await keys(ben.page, "who")).toEqual([elsewhere]);
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  // Another page of hers is live meanwhile.
  const second = new Person("Anna", anna.context, await anna.context.newPage(), own);
  await second.page.clock.install();
  await second.openLive();
  await receives(second, anna, "before she signs out");
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
  await expect.poll(() => storedLater(second.page)).toEqual([0, 0, 0]);
  await own.kill();
  await anna.page.goto(own.url);
  await expect(anna.page.getByRole("heading", { name: "No connection to the server" })).toBeVisible();
});

test("without a service worker no copy of the book is kept, and one that was kept is erased", async ({ home: { anna, ben }, own }) => {
  await anna.page.clock.install();
  await anna.openLive();
  await keepsBook(anna);
  await own.kill();
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "off" };
  await own.run();
  await anna.openLive();
  await anna.add("5", "Gifts", "not kept");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await ben.openLive();
  await receives(anna, ben, "not kept either");
  await expect.poll(() => storedLater(anna.page)).toEqual([0, 0, 0]);
  // The browser removes the worker some time after it has opened a page.
  const registered = () => anna.page.evaluate(async () => (await navigator.serviceWorker.getRegistration()) !== undefined);
  await expect.poll(registered).toBe(false);
  await anna.page.goto(`${own.url}/settings`);
  await expect(choice(anna)).toBeHidden();
});
