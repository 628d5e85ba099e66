import type { Page } from "@playwright/test";
import { device, keys, put } from "../support/device";
import { expect, Person, test } from "../support/fixtures";
import { looksRight } from "../support/look";
import { back, facts, lose, waits, writes } from "../support/writes";

const popover = (page: Page) => page.locator("#connection");
const stored = (page: Page) => popover(page).getByText("Kept on this device.", { exact: true });
const onlyHere = (page: Page) => popover(page).getByText("Kept while this page is open.", { exact: true });
const another = async (person: Person) => new Person(person.name, person.context, await person.context.newPage(), person.server);

/** The browser deletes the databases of the site, as it does when the device has no space left. */
async function takeStorageAway({ context, page, server }: Person): Promise<void> {
  const browser = await context.newCDPSession(page);
  await browser.send("Storage.clearDataForOrigin", { origin: server.url, storageTypes: "indexeddb" });
  await browser.detach();
}

/** The database cannot be opened any more, or can be again. */
const refuseToOpen = (page: Page, refuses: boolean) =>
  page.evaluate((refuses) => {
    const prototype = IDBFactory.prototype as IDBFactory & { opened?: IDBFactory["open"] };
    prototype.opened ??= prototype.open;
    prototype.open = refuses ? () => { throw new DOMException("no room", "QuotaExceededError"); } : prototype.opened;
  }, refuses);

test("a row says that it is kept on this device only once it is", async ({ household: { anna } }, info) => {
  await anna.page.addInitScript(() => {
    // Storing takes until the test lets it.
    const commit = IDBTransaction.prototype.commit;
    const held: (() => void)[] = [];
    const put = IDBObjectStore.prototype.put;
    Object.assign(window, { letItStore: () => held.splice(0).forEach((store) => store()) });
    IDBObjectStore.prototype.put = function (...parameters) {
      const request = put.apply(this, parameters);
      // Requests keep the transaction alive.
      let waits = true;
      held.push(() => (waits = false));
      const again = () => waits && (this.count().onsuccess = again);
      again();
      return request;
    };
    IDBTransaction.prototype.commit = function () {
      if (this.mode === "readonly") commit.apply(this);
    };
  });
  await anna.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "soon");
  await expect(anna.rows("soon")).toContainText("waiting… Kept while this page is open.");
  await expect(onlyHere(anna.page)).toBeAttached();
  await anna.page.evaluate(() => (window as unknown as { letItStore: () => void }).letItStore());
  await expect(anna.rows("soon")).toContainText("waiting… Kept on this device.");
  await expect(stored(anna.page)).toBeAttached();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`row-${width}-${scheme}.png`) });
  }
});

test("storage that the browser takes away loses nothing, and the page says where its entries are", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "before");
  await expect(waits(anna, "before")).toBeVisible();
  await expect(stored(anna.page)).toBeAttached();
  await refuseToOpen(anna.page, true);
  await takeStorageAway(anna);
  await expect(onlyHere(anna.page)).toBeAttached();
  await anna.add("5", "Gifts", "after");
  await expect(anna.rows("after")).toContainText("Kept while this page is open.");
  await refuseToOpen(anna.page, false);
  await anna.add("6", "Gifts", "with room again");
  await expect(stored(anna.page)).toBeAttached();
  await anna.page.reload();
  await anna.live();
  for (const note of ["before", "after", "with room again"]) await expect(waits(anna, note)).toBeVisible();
  await anna.context.unroute(writes);
  await back(anna);
  await ben.openLive();
  for (const note of ["before", "after", "with room again"]) await expect(ben.rows(note)).toHaveCount(1);
  expect((await facts(ben)).length).toBe(3);
});

test("what was refused waits for its decision even if the browser takes the storage away", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.context.route(writes, (route) => route.fulfill({ status: 500, contentType: "application/json", body: '"internal"' }));
  await anna.add("5", "Gifts", "refused");
  await anna.rows("refused").waitFor();
  await expect(anna.rows("refused").getByRole("alert")).toContainText("Not saved");
  await expect(stored(anna.page)).toBeAttached();
  await takeStorageAway(anna);
  // The program has made it once more.
  await (await device(anna.page)).evaluate((database) => database.close());
  await expect(stored(anna.page)).toBeAttached();
  await anna.page.reload();
  await anna.live();
  await expect(anna.rows("refused").getByRole("alert")).toContainText("Not saved");
});

test("a frozen tab holds up no other one, and what it made arrives once", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  const second = await another(anna);
  await second.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "from the frozen one");
  await expect(stored(anna.page)).toBeAttached();
  const frozen = await anna.context.newCDPSession(anna.page);
  await frozen.send("Page.setWebLifecycleState", { state: "frozen" });
  await second.add("5", "Gifts", "from the other one");
  await expect(stored(second.page)).toBeAttached();
  await expect(waits(second, "from the frozen one")).toBeVisible();
  await second.context.unroute(writes);
  await back(second);
  await ben.openLive();
  for (const note of ["from the frozen one", "from the other one"]) await expect(ben.rows(note)).toHaveCount(1);
  await frozen.send("Page.setWebLifecycleState", { state: "active" });
  await expect(anna.rows("from the other one")).toHaveCount(1);
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.comment).sort()).toEqual(["from the frozen one", "from the other one"]);
});

test("entries that another version of the page has stored are left alone, and said", async ({ household: { anna } }, info) => {
  await anna.openLive();
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "readable");
  await expect(stored(anna.page)).toBeAttached();
  const [[account, household]] = await keys(anna.page, "outbox");
  await put(anna.page, "outbox", [account, household, "0193572a-5c00-7000-8000-000000000001"], '{"shape":2}');
  await anna.page.reload();
  await anna.live();
  await expect(waits(anna, "readable")).toBeVisible();
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  await expect(popover(anna.page)).toContainText("Entries on this device that this version of the page cannot read: 1.");
  await expect(popover(anna.page).getByRole("button", { name: "Reload" })).toBeVisible();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`unreadable-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, [], { language: "en", axe: true }, "entries of another version");
  const discard = popover(anna.page).getByRole("button", { name: "Discard them…" });
  await discard.click();
  const sure = popover(anna.page).getByRole("group").filter({ hasText: "for good" });
  await sure.getByRole("button", { name: "Cancel" }).click();
  await expect(discard).toBeFocused();
  await expect(popover(anna.page)).toContainText("cannot read: 1.");
  await discard.click();
  for (const [width, scheme] of [[390, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`unreadable-sure-${width}-${scheme}.png`) });
  }
  await sure.getByRole("button", { name: "Discard for good" }).click();
  await expect(popover(anna.page)).not.toContainText("cannot read");
  await expect(stored(anna.page)).toBeAttached();
  await anna.page.reload();
  await anna.live();
  await expect(waits(anna, "readable")).toBeVisible();
  await expect(popover(anna.page)).not.toContainText("cannot read");
});
