import type { Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { keys, put } from "../support/device";
import { expect, found } from "../support/fixtures";
import { hasWorker, keepsBook, test } from "../support/phone";
import { back, lose, waits, writes } from "../support/writes";

const onDevice = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });

test("without a network the book is opened that was looked at last, although another one was kept later", async ({ home: { anna }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  await anna.add("5", "Groceries", "of this household");
  await keepsBook(anna);
  // As a tab of another household stores it that nobody looks at.
  const [[account]] = await keys(anna.page, "who");
  const reader = await anna.page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await done(indexedDB.open("family-budget"));
    const [reader] = await done(database.transaction("who").objectStore("who").getAll());
    database.close();
    return JSON.parse(reader);
  });
  const other = [account, randomUUID()];
  await put(anna.page, "book", other, "of another household");
  await put(anna.page, "who", other, JSON.stringify({ ...reader, used: "ffffffff-ffff-7000-8000-000000000001" }));
  await own.kill();
  await anna.open("/");
  await expect(anna.page.getByRole("button", { name: /Connection/ })).toContainText("Offline");
  await expect(anna.rows("of this household")).toHaveCount(1);
});

test("a copy that lacks what was sent from another household is gone, so that it never hides it", async ({ browser, home: { anna, ben }, own, locale }) => {
  const other = await found(browser, own, { locale });
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  const [copy] = await keys(anna.page, "book");
  await anna.context.route(writes, lose);
  await anna.add("5", "Groceries", "sent from elsewhere");
  await expect(waits(anna, "sent from elsewhere")).toBeVisible();
  await expect(onDevice(anna.page)).toBeAttached();
  const { url } = await other.anna.api<{ url: string }>("post", "/invites");
  await anna.page.goto(url);
  await anna.page.getByRole("button", { name: "Join" }).click();
  await anna.live();
  expect(await keys(anna.page, "book")).toContainEqual(copy);
  await anna.context.unroute(writes);
  await back(anna);
  await ben.openLive();
  await expect(ben.rows("sent from elsewhere")).toHaveCount(1);
  await expect.poll(() => keys(anna.page, "outbox")).toEqual([]);
  expect(await keys(anna.page, "book")).not.toContainEqual(copy);
  await other.anna.context.close();
  await other.ben.context.close();
});
