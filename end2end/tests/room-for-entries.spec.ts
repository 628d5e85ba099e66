import { expect } from "../support/fixtures";
import { hasWorker, keepsBook, storedNumbers, test } from "../support/phone";
import { lose, waits, writes } from "../support/writes";

test("an entry takes the place of the book where there is no room for both, and the book is kept again once there is", async ({ home: { anna, ben }, own }) => {
  await anna.page.addInitScript(() => {
    // Nothing has room until what is deleted is committed, as some browsers count.
    const { put, delete: remove } = IDBObjectStore.prototype;
    let freed = false;
    IDBObjectStore.prototype.put = function (...parameters) {
      const request = put.apply(this, parameters);
      if (localStorage.getItem("is-full") && !freed) this.transaction.abort();
      return request;
    };
    IDBObjectStore.prototype.delete = function (...parameters) {
      if (this.name === "book" && localStorage.getItem("is-full")) this.transaction.addEventListener("complete", () => (freed = true));
      return remove.apply(this, parameters);
    };
  });
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  await anna.page.evaluate(() => localStorage.setItem("is-full", "yes"));
  await anna.context.route(writes, lose);
  await anna.add("4", "Gifts", "instead of the book");
  await expect(anna.rows("instead of the book")).toContainText("waiting… Kept on this device.");
  expect(await storedNumbers(anna.page)).toEqual([1, 0, 0]);
  await anna.page.evaluate(() => localStorage.removeItem("is-full"));
  await anna.page.reload();
  await expect(waits(anna, "instead of the book")).toBeVisible();
  await anna.context.unroute(writes);
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await ben.openLive();
  await expect(ben.rows("instead of the book")).toHaveCount(1);
  await keepsBook(anna);
  await own.kill();
  await anna.open("/");
  await expect(anna.rows("instead of the book")).toHaveCount(1);
  await expect(waits(anna, "instead of the book")).toHaveCount(0);
});
