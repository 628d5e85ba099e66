import type { CDPSession, Page } from "@playwright/test";
import { stores } from "../support/device";
import { expect, type Person, test } from "../support/fixtures";
import { back, facts, lose, revise, waits, writes } from "../support/writes";

const stored = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });
const onlyHere = (page: Page) => page.locator("#connection").getByText("Kept while this page is open.", { exact: true });

/**
 * Gives the site no room for what it stores, or as much as always. Chromium asks for room at most every 30 seconds as long as there
 * was enough: room must be taken before the site stores its first row.
 */
async function room({ server }: Person, browser: CDPSession, is: "none" | "as always"): Promise<void> {
  await browser.send("Storage.overrideQuotaForOrigin", { origin: server.url, ...(is === "none" ? { quotaSize: 1 } : {}) });
}

test("on a device without room an entry is sent, what waits is never called kept, and nothing is lost silently", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  // The program has made its database, with room.
  await expect.poll(() => stores(anna.page)).toEqual([0, 0, 0]);
  const browser = await anna.context.newCDPSession(anna.page);
  await room(anna, browser, "none");
  // Whatever the page says of what waits, from now on.
  await anna.page.evaluate(() => {
    const said = new Set<string>();
    Object.assign(window, { said });
    const look = () => {
      for (const text of document.body.innerText.matchAll(/Kept [^.]*\./g)) said.add(text[0]);
      const hidden = document.querySelector("#connection")?.textContent ?? "";
      for (const text of hidden.matchAll(/Kept [^.]*\./g)) said.add(text[0]);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const said = () => anna.page.evaluate(() => [...(window as unknown as { said: Set<string> }).said]);
  await anna.add("3", "Groceries", "sent at once");
  await expect(ben.rows("sent at once")).toHaveCount(1);
  await expect(anna.rows("saving…")).toHaveCount(0);
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "has no room");
  await expect(waits(anna, "has no room")).toBeVisible();
  await expect(anna.rows("has no room")).toContainText("Kept while this page is open.");
  await revise(anna, "sent at once", { Amount: "-5" });
  await expect(waits(anna, "sent at once")).toBeVisible();
  await expect(onlyHere(anna.page)).toBeAttached();
  expect(await said()).toEqual(["Kept while this page is open."]);
  expect((await stores(anna.page))[0]).toBe(0);
  // Leaving would lose them, so the browser asks.
  const question = anna.page.waitForEvent("dialog");
  const closing = anna.page.close({ runBeforeUnload: true });
  const dialog = await question;
  expect(dialog.type()).toBe("beforeunload");
  await dialog.dismiss();
  await closing;
  await expect(waits(anna, "has no room")).toBeVisible();
  // They are sent, and nothing of them remains to be stored.
  await anna.context.unroute(writes);
  await back(anna);
  await expect(ben.rows("has no room")).toHaveCount(1);
  await expect(ben.rows("sent at once")).toContainText("−5.00");
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  expect(await said()).toEqual(["Kept while this page is open."]);
  expect((await facts(ben)).length).toBe(2);
});

test("what had no room is kept as soon as there is some, and says so, without the person's help", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await expect.poll(() => stores(anna.page)).toEqual([0, 0, 0]);
  const browser = await anna.context.newCDPSession(anna.page);
  await room(anna, browser, "none");
  await anna.context.route(writes, lose);
  const notes = ["had no room", "had none either"];
  for (const note of notes) {
    await anna.add("4", "Gifts", note);
    await expect(anna.rows(note)).toContainText("waiting… Kept while this page is open.");
  }
  await expect(onlyHere(anna.page)).toBeAttached();
  expect((await stores(anna.page))[0]).toBe(0);
  await room(anna, browser, "as always");
  await expect(stored(anna.page)).toBeAttached();
  for (const note of notes) await expect(anna.rows(note)).toContainText("waiting… Kept on this device.");
  expect((await stores(anna.page))[0]).toBe(2);
  // Leaving loses nothing any more, so the browser does not ask.
  await anna.page.reload();
  for (const note of notes) await expect(waits(anna, note)).toBeVisible();
  await anna.context.unroute(writes);
  await back(anna);
  await ben.openLive();
  for (const note of notes) await expect(ben.rows(note)).toHaveCount(1);
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  expect((await facts(ben)).length).toBe(2);
});

test("an entry is sent although storing it never ends, and is never called kept", async ({ household: { anna, ben } }) => {
  await anna.page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...parameters) {
      const request = put.apply(this, parameters);
      // Requests keep the transaction alive.
      const again = () => (this.count().onsuccess = again);
      again();
      return request;
    };
    IDBTransaction.prototype.commit = () => {};
  });
  await anna.openLive();
  await ben.openLive();
  await anna.add("3", "Groceries", "sent");
  await expect(ben.rows("sent")).toHaveCount(1);
  await expect(anna.rows("saving…")).toHaveCount(0);
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "waits");
  await expect(anna.rows("waits")).toContainText("waiting… Kept while this page is open.");
  await expect(stored(anna.page)).toHaveCount(0);
  await anna.context.unroute(writes);
  await back(anna);
  await expect(ben.rows("waits")).toHaveCount(1);
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
});
