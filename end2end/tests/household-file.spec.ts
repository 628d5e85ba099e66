import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Book, type Entry, byKeyboard, byThumb } from "../support/book";
import { Person, expect, test } from "../support/fixtures";

interface Named {
  id: string;
  name: string;
}

interface Items<T> {
  items: T[];
}

/** The day's total that the heading must show, from the rows entered so far. */
function dayTotals(rows: Entry[]): Map<string, number> {
  const totals = new Map<string, number>();
  // Transfers do not count towards a total.
  for (const row of rows.filter((row) => !row.to)) {
    totals.set(row.date, (totals.get(row.date) ?? 0) + cents(row.amount));
  }
  return totals;
}

function cents(amount: string): number {
  const [whole, fraction = "00"] = amount.replace("-", "").split(".");
  return (amount.startsWith("-") ? -1 : 1) * (Number(whole) * 100 + Number(fraction));
}

function shown(value: number, signed = true): string {
  const [whole, fraction] = (Math.abs(value) / 100).toFixed(2).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const sign = value < 0 ? "\u2212" : signed && value > 0 ? "+" : "";
  return `${sign}${grouped}.${fraction}`;
}

/** The amount shown in the row: a transfer is neither income nor expense. */
const figure = (entry: Entry) => (entry.to ? shown(Math.abs(cents(entry.amount)), false) : shown(cents(entry.amount)));

type Enter = (entry: Entry, at: number) => Promise<void>;

/** Enters rows one after the other; the watcher's open page shows each in its place with the correct day total. */
async function follow(watchers: Person[], entries: Entry[], enter: Enter) {
  const rows = entries.map((entry, at) => ({ ...entry, comment: `${entry.comment} #${at}`.trim() }));
  const lists = watchers.map((person) => person.page.getByRole("region", { name: "Transactions" }));
  for (const [at, row] of rows.entries()) {
    await enter(row, at);
    const total = dayTotals(rows.slice(0, at + 1)).get(row.date);
    for (const list of lists) {
      const day = list.locator(`section[aria-labelledby="day-${row.date}"]`);
      const line = day.getByRole("listitem").filter({ hasText: row.comment }).first();
      const title = row.to ? `${row.account} → ${row.to}` : row.parts ? [...new Set(row.parts.map((part) => part.article))].join(", ") : row.article;
      await expect(line).toContainText(title ?? "");
      await expect(line).toContainText(figure(row));
      await expect(day.locator(".day-total")).toHaveText(total === undefined ? "" : shown(total));
    }
  }
  for (const list of lists) {
    // Within a day the newest comes first.
    for (const date of new Set(rows.map((row) => row.date))) {
      const expected = rows.filter((row) => row.date === date).reverse();
      const shownNotes = list.locator(`section[aria-labelledby="day-${date}"]`).getByRole("listitem").locator(".row-second");
      await expect(shownNotes).toContainText(expected.map((row) => row.comment));
    }
    const days = await list.getByRole("region").evaluateAll((all) => all.map((day) => day.getAttribute("aria-labelledby")));
    expect(days).toEqual([...new Set(rows.map((row) => `day-${row.date}`))].sort().reverse());
  }
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "en-GB" };

test("half a year of a household is entered by keyboard, by thumb and by program, and is correct on every open page", async ({ browser, server, household: { anna, ben } }) => {
  test.setTimeout(240_000);
  const file = JSON.parse(readFileSync(resolve(__dirname, "../household.json"), "utf8")) as {
    balances: Record<string, string>;
    rows: Entry[];
  };
  // Ben's second device.
  const context = await browser.newContext({ ...phone, storageState: await ben.context.storageState() });
  const thumb = new Person("Ben", context, await context.newPage(), server);
  await Promise.all([anna.openLive(), ben.openLive(), thumb.openLive()]);
  const book = await Book.of(anna);
  await follow([ben, anna], file.rows, async (entry, at) => {
    if (at < 14) await byKeyboard(anna, entry);
    else if (at < 27) await byThumb(thumb, entry);
    else await book.post(anna, entry);
  });
  for (const [name, balance] of Object.entries(file.balances)) {
    for (const { page } of [anna, ben, thumb]) {
      const row = page.locator(".balance").filter({ hasText: name });
      await expect(row.locator("dd")).toContainText(shown(cents(balance), false));
    }
  }
  await context.close();
});

interface FixtureRow {
  date: string;
  amount: string;
  payee?: string;
  memo?: string;
  article?: string[];
  transfer_to?: string;
  splits?: { article?: string[]; amount: string; memo?: string }[];
}

const fixture = resolve(__dirname, "../../../shared/fixtures/qif/household-1995-h1.json");

test("a real household's half year ends at its real balance", async ({ household: { anna, ben } }) => {
  test.skip(!existsSync(fixture), "the file is not part of the project");
  test.setTimeout(240_000);
  const file = JSON.parse(readFileSync(fixture, "utf8")) as { financial_center: string; rows: FixtureRow[] };
  const [opening, ...rest] = file.rows;
  const account = (name: string, opening_balance: string) => anna.api<Named>("post", "/financial-centers", { name, currency: "EUR", opening_balance });
  await account(file.financial_center, opening.amount);
  for (const name of new Set(rest.flatMap((row) => row.transfer_to ?? []))) await account(name, "0");
  await ben.openLive();
  const known = new Set((await anna.api<Items<Named>>("get", "/articles")).items.map((row) => row.name));
  const named = async (path?: string[]) => {
    const name = (path ?? ["Divers"]).join(" / ");
    if (!known.has(name)) await anna.api("post", "/articles", { name, kind: name.startsWith("Salaire") ? "income" : "expense" });
    known.add(name);
    return name;
  };
  const entries: Entry[] = [];
  for (const row of rest) {
    const entry = { date: row.date, amount: row.amount, account: file.financial_center, comment: row.payee ?? row.memo ?? "" };
    if (row.transfer_to) entries.push({ ...entry, to: row.transfer_to });
    else if (row.splits) {
      const parts: { article: string; amount: string }[] = [];
      for (const part of row.splits) parts.push({ article: await named(part.article), amount: part.amount });
      entries.push({ ...entry, parts });
    } else entries.push({ ...entry, article: await named(row.article) });
  }
  expect(entries.filter((entry) => entry.to)).toHaveLength(6);
  expect(entries.filter((entry) => entry.parts)).toHaveLength(9);
  const book = await Book.of(anna);
  await follow([ben], entries, (entry) => book.post(anna, entry));
  const balance = (name: string) => ben.page.locator(".balance").filter({ hasText: name }).locator("dd");
  await expect(balance(file.financial_center)).toContainText(shown(935500, false));
  // Savings: 2,500, then five times 3,000.
  await expect(balance("Livret bleu")).toContainText(shown(1750000, false));
});
