import type { Page, Route } from "@playwright/test";
import { Book } from "./book";
import { expect, type Person } from "./fixtures";

/** The calls by which a page changes the book: of this version, and of the one before it. */
export const writes = /\/api\/ui\/(write|(record|revise|delete)_fact|set_plans|settle_occurrence|(add|revise)_(article|financial_center))$/;

/** Drops what the tab keeps of what is typed: otherwise the next page opens the row again, with it. */
export const forgetTyped = (page: Page) => page.evaluate(() => sessionStorage.clear());

export const lose = (route: Route) => route.abort();

/** The browser's database is opened, and never answers: nothing is stored. Called before the page is opened. */
export const withoutStore = (page: Page) => page.addInitScript(() => (IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest));

/** The call arrives, and its answer is lost. */
export async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

export const editor = (person: Person) => person.page.getByRole("form", { name: "Edit the transaction" });

/** Opens a transaction, types these fields by their labels, and saves. */
export async function revise(person: Person, text: string, fields: Record<string, string>): Promise<void> {
  await person.rows(text).getByRole("button").click();
  for (const [label, value] of Object.entries(fields)) await editor(person).getByLabel(label).fill(value);
  await editor(person).getByRole("button", { name: "Save" }).click();
}

export const waits = (person: Person, text: string) => person.rows(text).getByText("waiting…");

/** The network is back: what waits is sent at once, however long the pause until its next attempt is. */
export async function back({ page }: Person): Promise<void> {
  await page.unroute(writes);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
}

export const facts = async (person: Person) => (await person.api<{ items: { id: string; version: number; amount: string; comment: string }[] }>("get", "/facts")).items;

/**
 * Calls get no answer until they are let through. The page's clock is paused meanwhile, so that no deadline passes. The clock is installed before the page is opened.
 */
export async function held({ page }: Person): Promise<() => void> {
  await page.clock.pauseAt(new Date(Date.now() + 5_000));
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(writes, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** Both see a transaction of 5 with the note *hangs*; what is sent after it is held. */
export async function heldAfterOne(person: Person, other: Person): Promise<() => void> {
  await person.page.clock.install();
  await person.openLive();
  await other.openLive();
  await person.add("5", "Groceries", "hangs");
  await expect(other.rows("hangs")).toHaveCount(1);
  return held(person);
}

/** A transaction whose change to −6 waits here, while the other member deletes it; returns its id. */
export async function deletedMeanwhile(person: Person, other: Person, note: string): Promise<string> {
  await person.openLive();
  await other.openLive();
  await person.add("5", "Groceries", note);
  await expect(other.rows(note)).toHaveCount(1);
  await person.page.route(writes, lose);
  await revise(person, note, { Amount: "-6" });
  await expect(person.rows(note)).toContainText("−6.00");
  await expect(waits(person, note)).toBeVisible();
  const [{ id }] = await facts(other);
  await other.api("delete", `/facts/${id}`);
  return id;
}

/** Groceries for 10 and clothes for 20, as one split. */
export async function splitOfTwo(person: Person): Promise<string> {
  const { articles } = await Book.of(person);
  const centers = (await person.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const parts = [
    { article_id: articles.get("Groceries"), amount: "-10" },
    { article_id: articles.get("Clothes"), amount: "-20" },
  ];
  return (await person.api<{ id: string }>("post", "/splits", { financial_center_id: centers[0].id, parts })).id;
}

export async function anotherPageAndBack({ page }: Person): Promise<void> {
  await page.getByRole("link", { name: "Household" }).click();
  await expect(page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
}
