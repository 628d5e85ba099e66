import type { Page } from "@playwright/test";
import { Book } from "./book";
import type { Person } from "./fixtures";

/** The note of the transaction with so many newer ones before it. */
export const note = (at: number) => `no. ${String(at).padStart(4, "0")}`;

/** So many transactions through the HTTP API, ten on each day back from today. */
export async function seed(person: Person, count: number): Promise<void> {
  const { articles, accounts } = await Book.of(person);
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const [category, [, account]] = [articles.get("Groceries"), [...accounts][0]];
  const day = (back: number) => new Date(Date.parse(today) - back * 24 * 3_600_000).toISOString().slice(0, 10);
  const post = (at: number) =>
    person.api("post", "/facts", { amount: "-1", article_id: category, financial_center_id: account, date: day(Math.floor(at / 10)), comment: note(at) });
  // Within a day the last created is the first.
  for (let first = count - 1; first >= 0; first -= 1) await post(first);
}

/** The number of facts in this browser's copy of the book, and how many days of older ones it has. */
export const keptFacts = (page: Page) =>
  page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const opening = indexedDB.open("family-budget", 1);
    opening.onupgradeneeded = () => opening.transaction?.abort();
    const database = await done(opening);
    const books = database.transaction("book").objectStore("book");
    const [keys, texts] = await Promise.all([done(books.getAllKeys() as IDBRequest<string[][]>), done(books.getAll())]);
    database.close();
    const numbers = { facts: 0, days: 0 };
    for (const [at, key] of keys.entries()) {
      const value = JSON.parse(texts[at]);
      if (key.length === 2) numbers.facts += value.snapshot.facts.length;
      if (Array.isArray(value)) numbers.facts += value.length;
      if (Array.isArray(value)) numbers.days += 1;
    }
    return numbers;
  });
