import { request, type BrowserContext } from "@playwright/test";
import { expect, type Person } from "../support/fixtures";
import { looksRight } from "../support/look";
import { hasWorker, keepsBook, storedNumbers, test } from "../support/phone";
import { pictures } from "../support/pictures";
import { another, emailOf, question, signIn, signOut, withTwoWaiting } from "../support/signing-out";
import { writes } from "../support/writes";

const left = ({ page }: Person) => page.getByRole("heading", { name: "Signed out on this device" });
const amount = ({ page }: Person) => page.getByRole("form", { name: "Add a transaction" }).getByLabel("Amount");
const door = ({ page }: Person) => page.getByRole("heading", { name: "Sign in" });

/** Whether a session goes on, whatever its browser says by now. */
async function session(context: BrowserContext, server: string): Promise<() => Promise<number>> {
  const cookie = (await context.cookies(server)).find(({ name }) => name === "session");
  const api = await request.newContext({ extraHTTPHeaders: { cookie: `session=${cookie?.value}` } });
  return async () => (await api.get(`${server}/api/v1/auth/me`)).status();
}

/** The device keeps a book, and the settings are open. */
async function atTheSettings(person: Person): Promise<void> {
  await person.openLive();
  await hasWorker(person.page);
  await keepsBook(person);
  await person.page.goto(`${person.server.url}/settings`);
}

test("signing out while the server is away erases the book, says so, and ends the session once it is back", async ({ home: { anna }, own }, info) => {
  await atTheSettings(anna);
  const goesOn = await session(anna.context, own.url);
  await own.kill();
  await signOut(anna);
  await expect(left(anna)).toBeFocused();
  await expect(anna.page.getByRole("status")).toContainText("The server cannot be reached, so your session there has not ended yet.");
  await expect(anna.page.getByText(/Sokolovs|Anna|@example/), "nothing of her is on the screen").toHaveCount(0);
  expect(await storedNumbers(anna.page)).toEqual([0, 0, 0]);
  await pictures(anna.page, info, "left");
  await looksRight(anna.page, [], { language: "en", widths: [320, 1440], axe: true }, "signed out while the server is away");
  await own.run();
  await expect(door(anna)).toBeVisible();
  expect(await goesOn()).toBe(401);
});

test("a session that was left while the server was away ends with the next page of the browser", async ({ home: { anna }, own }) => {
  await atTheSettings(anna);
  const goesOn = await session(anna.context, own.url);
  const email = await emailOf(anna);
  await own.kill();
  await signOut(anna);
  await expect(left(anna)).toBeVisible();
  await anna.page.goto("about:blank");
  await own.run();
  expect(await goesOn(), "nobody has told the server yet").toBe(200);
  await anna.page.goto(own.url);
  await expect(door(anna)).toBeVisible();
  expect(await goesOn()).toBe(401);
  await signIn(anna, email);
  await anna.live();
});

test("a proxy that answers for the server does not end the session", async ({ home: { anna }, own }) => {
  await atTheSettings(anna);
  await anna.page.route(/\/sign-(out|in)$/, (route) => route.fulfill({ status: 502, body: "Bad Gateway" }));
  await signOut(anna);
  await expect(left(anna)).toBeVisible();
  await anna.page.unroute(/\/sign-(out|in)$/);
  await anna.page.getByRole("button", { name: "Try again" }).click();
  await expect(door(anna)).toBeVisible();
  await anna.page.goto(own.url);
  await expect(door(anna)).toBeVisible();
});

/** Nothing of the book is on this page any more: it asks to sign in. */
async function showsNothing(person: Person): Promise<void> {
  await expect(person.page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
  for (const part of [person.page.locator("main"), person.page.locator("header.bar"), person.rows("of the family")]) await expect(part).toBeHidden();
}

test("signing out while the server is away also closes the book on the other pages of the browser, and they go on once somebody signs in", async ({ home: { anna, ben }, own }, info) => {
  await anna.openLive();
  await anna.add("7", "Gifts", "of the family");
  await ben.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  const away = await another(anna);
  await away.openLive();
  await anna.page.goto(`${own.url}/settings`);
  await own.kill();
  await expect(away.page.getByText(/Offline since/).first()).toBeVisible();
  // Without the server, this one is a page over the book that the device keeps.
  const kept = await another(anna);
  await kept.open("/");
  for (const person of [away, kept]) {
    await expect(person.rows("of the family")).toBeVisible();
    await amount(person).fill("12");
  }
  await signOut(anna);
  await expect(left(anna)).toBeVisible();
  for (const person of [away, kept]) await showsNothing(person);
  await pictures(away.page, info, "closed");
  await looksRight(away.page, [], { language: "en", widths: [320, 1440], axe: true }, "signed out by another page");
  expect(await storedNumbers(away.page)).toEqual([0, 0, 0]);
  // Another person's browser has nothing to do with it.
  await expect(ben.rows("of the family")).toBeVisible();
  await own.run();
  await expect(door(anna)).toBeVisible();
  // Nothing comes back by itself, and what was typed is there for whoever typed it.
  for (const person of [away, kept]) await showsNothing(person);
  const again = away.page.getByRole("dialog", { name: "Signed out" });
  await again.getByLabel("Password").fill("correct horse");
  await again.getByRole("button", { name: "Sign in" }).click();
  await away.live();
  await expect(away.rows("of the family")).toBeVisible();
  await expect(amount(away)).toHaveValue("12");
});

test("what is kept at signing out while the server is away is sent after the same person has signed in again", async ({ home: { anna, ben }, own }) => {
  const email = await emailOf(anna);
  await withTwoWaiting(anna);
  await own.kill();
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Keep on this device" }).click();
  await expect(left(anna)).toBeVisible();
  expect(await storedNumbers(anna.page)).toEqual([2, 0, 0]);
  await own.run();
  await expect(door(anna)).toBeVisible();
  await anna.context.unroute(writes);
  await signIn(anna, email);
  await anna.live();
  await ben.openLive();
  for (const note of ["first", "second"]) await expect(ben.rows(note)).toHaveCount(1);
});

test("the page without a network signs out, too", async ({ home: { anna }, own }, info) => {
  await atTheSettings(anna);
  const goesOn = await session(anna.context, own.url);
  await own.kill();
  await anna.page.reload();
  await expect(anna.page.getByRole("heading", { name: "No connection to the server" })).toBeVisible();
  await pictures(anna.page, info, "before");
  await anna.page.getByRole("button", { name: "Sign out" }).click();
  await expect(anna.page.getByRole("status")).toContainText("Signed out on this device");
  await expect(anna.page.getByRole("link", { name: "Open the book kept on this device" })).toBeHidden();
  await expect.poll(() => storedNumbers(anna.page)).toEqual([0, 0, 0]);
  await pictures(anna.page, info, "after");
  await looksRight(anna.page, [], { language: "en", widths: [320, 1440], axe: true }, "signed out on the page without a network");
  await anna.page.goto(own.url);
  await expect(anna.page.getByRole("heading", { name: "No connection to the server" })).toBeVisible();
  await own.run();
  await expect(door(anna)).toBeVisible();
  expect(await goesOn()).toBe(401);
});
