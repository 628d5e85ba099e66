import { chromium, type Page } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, found, Person, test } from "../support/fixtures";
import { facts, lose, revise, waits, withoutStore, writes } from "../support/writes";

/** The places where the page says that what waits outlives it, and that it does not. */
const stored = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });
const onlyHere = (page: Page) => page.locator("#connection").getByText("Kept while this page is open.", { exact: true });

/** Another tab of the same browser. */
const another = async (person: Person) => new Person(person.name, person.context, await person.context.newPage(), person.server);

test("what was entered without an answer outlives the page, in its order, and arrives once", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("3", "Groceries", "before");
  await expect(anna.rows("before")).not.toContainText("saving…");
  await anna.context.route(writes, lose);
  await revise(anna, "before", { Amount: "-3.50" });
  await anna.add("4", "Gifts", "new");
  await expect(waits(anna, "new")).toBeVisible();
  await revise(anna, "new", { Note: "new, corrected" });
  await expect(stored(anna.page)).toBeAttached();
  // Nothing asks whether to leave.
  await anna.page.reload();
  await anna.live();
  for (const [text, amount] of [["before", "−3.50"], ["new, corrected", "−4.00"]]) {
    await expect(waits(anna, text)).toBeVisible();
    await expect(anna.rows(text)).toContainText(amount);
  }
  await anna.page.close();
  await anna.context.unroute(writes);
  const again = await another(anna);
  await again.openLive();
  await ben.openLive();
  for (const person of [again, ben]) {
    await expect(person.rows("new, corrected")).toContainText("−4.00");
    await expect(person.rows("before")).toContainText("−3.50");
    await expect(person.rows(/waiting…|saving…/)).toHaveCount(0);
  }
  expect((await facts(ben)).map((fact) => fact.version)).toEqual([2, 2]);
  await expect(stored(again.page)).toHaveCount(0);
});

test("what was refused waits for a decision on the next page too, and once discarded it stays away", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "theirs");
  await expect(ben.rows("theirs")).toHaveCount(1);
  await anna.context.route(writes, lose);
  await revise(anna, "theirs", { Amount: "-6" });
  await expect(waits(anna, "theirs")).toBeVisible();
  await revise(ben, "theirs", { Amount: "-7" });
  await expect(ben.rows("theirs")).toContainText("−7.00");
  await expect(ben.rows("theirs")).not.toContainText("saving…");
  await anna.context.unroute(writes);
  await expect(anna.rows("theirs").getByRole("alert")).toContainText("Not saved");
  await expect(stored(anna.page)).toBeAttached();
  await anna.page.reload();
  await anna.live();
  const refusal = anna.rows("theirs").getByRole("alert");
  await expect(refusal).toContainText("Not saved");
  await refusal.getByRole("button", { name: "Discard" }).click();
  await expect(refusal).toHaveCount(0);
  await anna.page.reload();
  await anna.live();
  await expect(anna.rows("theirs")).toContainText("−7.00");
  await expect(refusal).toHaveCount(0);
});

test("a browser that is killed has stored what the page called stored", async ({ household: { anna, ben }, server }) => {
  const profile = mkdtempSync(join(tmpdir(), "family-budget-profile-"));
  const launch = () =>
    chromium.launchPersistentContext(profile, { ...test.info().project.use.launchOptions, locale: "en-GB", timezoneId: "Europe/Berlin", viewport: { width: 1440, height: 900 } });
  let context = await launch();
  await context.addCookies(await anna.context.cookies());
  let device = new Person("Anna", context, await context.newPage(), server);
  await device.openLive();
  await context.route(writes, lose);
  for (const [amount, note] of [["1", "one"], ["2", "two"], ["3", "three"]]) await device.add(amount, "Groceries", note);
  await expect(waits(device, "three")).toBeVisible();
  await expect(stored(device.page)).toBeAttached();
  // Its processes end without a word, as with the battery.
  const closed = new Promise((done) => context.once("close", done));
  execFileSync("pkill", ["-KILL", "-f", profile]);
  await closed;
  context = await launch();
  // The browser had not written them yet.
  await context.addCookies(await anna.context.cookies());
  device = new Person("Anna", context, await context.newPage(), server);
  await ben.openLive();
  await device.openLive();
  for (const note of ["one", "two", "three"]) await expect(ben.rows(note)).toHaveCount(1);
  await expect(stored(device.page)).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.comment).sort()).toEqual(["one", "three", "two"]);
  await context.close();
  rmSync(profile, { recursive: true, force: true });
});

test("another person on the same browser neither sees nor sends what waits", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.context.route(writes, lose);
  await anna.add("8", "Groceries", "of Anna");
  await expect(stored(anna.page)).toBeAttached();
  const cookies = await anna.context.cookies();
  await anna.context.clearCookies();
  await anna.context.addCookies(await ben.context.cookies());
  await anna.context.unroute(writes);
  const sent: string[] = [];
  anna.page.on("request", (request) => writes.test(request.url()) && sent.push(request.url()));
  await anna.page.reload();
  await anna.live();
  await anna.add("9", "Groceries", "of Ben");
  await expect(anna.rows("of Ben")).not.toContainText("saving…");
  await expect(anna.rows("of Anna")).toHaveCount(0);
  expect(sent.length, "only what Ben made").toBe(1);
  await anna.context.clearCookies();
  await anna.context.addCookies(cookies);
  await anna.page.reload();
  await ben.openLive();
  await expect(ben.rows("of Anna").locator(".avatar")).toHaveText("A");
});

test("a page whose session ended asks to sign in as soon as something cannot be sent, and sends it then", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  const cookies = await anna.context.cookies();
  await anna.context.clearCookies();
  await anna.add("8", "Groceries", "without a session");
  // The socket was opened with the session, and is still open.
  await expect(anna.page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
  await expect(ben.rows("without a session")).toHaveCount(0);
  await anna.context.addCookies(cookies);
  await anna.page.reload();
  await expect(ben.rows("without a session")).toHaveCount(1);
});

test("another tab shows what waits, and follows when it is settled or discarded", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const second = await another(anna);
  await second.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "from the first");
  await expect(waits(second, "from the first")).toBeVisible();
  // The tab that has made it is gone before the network is back.
  await anna.page.close();
  await anna.context.unroute(writes);
  await ben.openLive();
  await expect(ben.rows("from the first")).toHaveCount(1);
  await expect(waits(second, "from the first")).toHaveCount(0);
  const third = await another(anna);
  await third.openLive();
  await anna.context.route(writes, lose);
  await second.add("5", "Gifts", "refused");
  await expect(waits(third, "refused")).toBeVisible();
  await anna.context.unroute(writes);
  await anna.context.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }));
  await expect(third.rows("refused").getByRole("alert")).toContainText("Not saved");
  await second.rows("refused").getByRole("button", { name: "Discard" }).click();
  await expect(third.rows("refused")).toHaveCount(0);
  expect((await facts(ben)).length).toBe(1);
});

test("without a store the page says that what waits is kept only while it is open, and asks before it is left", async ({ browser, server, locale }) => {
  const { anna, ben } = await found(browser, server, { locale });
  await withoutStore(anna.page);
  await anna.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "only here");
  await expect(waits(anna, "only here")).toBeVisible();
  await expect(onlyHere(anna.page)).toBeAttached();
  const asked = anna.page.waitForEvent("dialog").then((dialog) => dialog.dismiss());
  await Promise.all([asked, anna.page.close({ runBeforeUnload: true })]);
  await anna.context.unroute(writes);
  await ben.openLive();
  await expect(ben.rows("only here")).toHaveCount(1);
  await anna.context.close();
  await ben.context.close();
});
