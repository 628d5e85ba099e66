import type { JSHandle, Page } from "@playwright/test";

/**
 * The database that the program has made on this device. The program makes it some time after the page is live; opened before, it
 * would be made here, without its stores.
 */
export async function device(page: Page): Promise<JSHandle<IDBDatabase>> {
  for (;;) {
    await page.waitForFunction(async () => (await indexedDB.databases()).some(({ name }) => name === "family-budget"));
    const opened = await page.evaluateHandle(
      () =>
        new Promise<IDBDatabase | undefined>((resolve) => {
          const request = indexedDB.open("family-budget");
          request.onupgradeneeded = () => request.transaction?.abort();
          request.onsuccess = () => resolve(request.result);
          // The browser was deleting it.
          request.onerror = () => resolve(undefined);
        }),
    );
    if (await opened.evaluate((database) => database !== undefined)) return opened as JSHandle<IDBDatabase>;
  }
}

/** The number of records in each store: commands, copies of the book, whose it is. */
export async function stores(page: Page): Promise<number[]> {
  const database = await device(page);
  return database.evaluate(async (database) => {
    const names = ["outbox", "book", "who"];
    const transaction = database.transaction(names);
    const count = (name: string) =>
      new Promise<number>((resolve, reject) => {
        const counting = transaction.objectStore(name).count();
        counting.onsuccess = () => resolve(counting.result);
        counting.onerror = () => reject(counting.error);
      });
    const numbers = await Promise.all(names.map(count));
    database.close();
    return numbers;
  });
}

/** Stores a record, as the program does: commands under the account, the household and an id. */
export async function put(page: Page, store: string, key: string[], record: string): Promise<void> {
  const database = await device(page);
  await database.evaluate(
    (database, { store, key, record }) =>
      new Promise<void>((resolve, reject) => {
        const transaction = database.transaction(store, "readwrite");
        transaction.objectStore(store).put(record, key);
        transaction.oncomplete = () => resolve(database.close());
        transaction.onabort = () => reject(transaction.error);
      }),
    { store, key, record },
  );
}

/** The keys in a store. */
export async function keys(page: Page, store: string): Promise<string[][]> {
  const database = await device(page);
  return database.evaluate(
    (database, store) =>
      new Promise<string[][]>((resolve, reject) => {
        const reading = database.transaction(store).objectStore(store).getAllKeys();
        reading.onsuccess = () => {
          resolve(reading.result as string[][]);
          database.close();
        };
        reading.onerror = () => reject(reading.error);
      }),
    store,
  );
}
