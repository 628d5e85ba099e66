import { type Locator, type Page, expect } from "@playwright/test";
import type { Person } from "./fixtures";

/** A row of a household: a plain transaction, a transfer (`to`), or a split (`parts`). */
export interface Entry {
  date: string;
  account: string;
  amount: string;
  comment: string;
  article?: string;
  to?: string;
  parts?: { article: string; amount: string }[];
}

interface Named {
  id: string;
  name: string;
}

interface Items<T> {
  items: T[];
}

/** The ids of a household's rows by name. */
export class Book {
  private constructor(
    readonly articles: Map<string, string>,
    readonly accounts: Map<string, string>,
  ) {}

  static async of(person: Person): Promise<Book> {
    const map = async (path: string) => new Map((await person.api<Items<Named>>("get", path)).items.map((row) => [row.name, row.id]));
    return new Book(await map("/articles"), await map("/financial-centers"));
  }

  /** Through the HTTP API. */
  async post(person: Person, entry: Entry): Promise<void> {
    const { date, amount, comment } = entry;
    const account = this.accounts.get(entry.account);
    if (entry.to) {
      const to = this.accounts.get(entry.to);
      await person.api("post", "/transfers", { from_financial_center_id: account, to_financial_center_id: to, amount: amount.replace("-", ""), date, comment });
    } else if (entry.parts) {
      const parts = entry.parts.map((part) => ({ article_id: this.articles.get(part.article), amount: part.amount }));
      await person.api("post", "/splits", { financial_center_id: account, amount, parts, date, comment });
    } else {
      await person.api("post", "/facts", { amount, article_id: this.articles.get(entry.article ?? ""), financial_center_id: account, date, comment });
    }
  }
}

const quick = (page: Page) => page.getByRole("form", { name: "Add a transaction" });

const whole = (page: Page, entry: Entry) => page.getByRole("dialog", { name: entry.to ? "Transfer" : "Split" });

/** The amount as it is typed: an expense needs no sign. */
const typed = (amount: string) => amount.replace("-", "");

/** Presses only Tab until the field has the focus. */
async function tabTo(page: Page, field: Locator): Promise<void> {
  for (let step = 0; step < 60; step += 1) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`no way by Tab to ${field}`);
}

/** A day is typed in the order of the browser's language, not the page's: here month, day, year. */
const typeDay = async (page: Page, field: Locator, date: string) => {
  await tabTo(page, field);
  const [year, month, day] = date.split("-");
  await page.keyboard.type(month + day + year);
  await expect(field).toHaveValue(date);
};

const typeText = async (page: Page, field: Locator, text: string) => {
  await tabTo(page, field);
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  await expect(field).toHaveValue(text);
};

/** Letters narrow a list down. */
const typeChoice = async (page: Page, field: Locator, name: string) => {
  await tabTo(page, field);
  await page.keyboard.type(name);
  await expect(field.locator("option:checked")).toHaveText(name);
};

/** Enters a row by keyboard alone. */
export async function byKeyboard({ page }: Person, entry: Entry): Promise<void> {
  const form = quick(page);
  await page.keyboard.press("Escape");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press("n");
  await expect(form.getByLabel("Amount")).toBeFocused();
  await page.keyboard.type(typed(entry.amount));
  if (!entry.to && !entry.parts) {
    await typeChoice(page, form.getByLabel("Category"), entry.article ?? "");
    await typeChoice(page, form.getByLabel("Account"), entry.account);
    await typeDay(page, form.getByLabel("Date"), entry.date);
    await typeText(page, form.getByLabel("Note"), entry.comment);
    await page.keyboard.press("Enter");
    return;
  }
  await tabTo(page, form.getByRole("button", { name: entry.to ? "Transfer…" : "Split…" }));
  await page.keyboard.press("Enter");
  const dialog = whole(page, entry);
  await typeDay(page, dialog.getByLabel("Date"), entry.date);
  await typeChoice(page, dialog.locator("#group-center"), entry.account);
  if (entry.to) await typeChoice(page, dialog.getByLabel("To", { exact: true }), entry.to);
  await typeText(page, dialog.locator("#group-comment"), entry.comment);
  for (const [at, part] of (entry.parts ?? []).entries()) {
    const fields = dialog.getByRole("group", { name: `Part ${at + 1}`, exact: true });
    if (at > 1) {
      await tabTo(page, dialog.getByRole("button", { name: "Add a part" }));
      await page.keyboard.press("Enter");
    }
    await typeChoice(page, fields.getByLabel("Category"), part.article);
    await typeText(page, fields.getByLabel("Amount"), typed(part.amount));
  }
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
}

/** Enters a row by touch: fields are tapped, and lists and days are chosen in the phone's own pickers. */
export async function byThumb({ page }: Person, entry: Entry): Promise<void> {
  const form = quick(page);
  await form.getByLabel("Amount").tap();
  await page.keyboard.type(typed(entry.amount));
  await form.getByRole("button", { name: /More fields/ }).tap();
  const sheet = page.locator("dialog.sheet");
  if (!entry.to && !entry.parts) {
    await sheet.getByLabel("Category").selectOption({ label: entry.article });
    await sheet.getByLabel("Account").selectOption({ label: entry.account });
    await sheet.getByLabel("Date").fill(entry.date);
    await sheet.getByLabel("Note").tap();
    await page.keyboard.type(entry.comment);
    await sheet.getByRole("button", { name: "Add", exact: true }).tap();
    return;
  }
  await sheet.getByRole("button", { name: entry.to ? "Transfer…" : "Split…" }).tap();
  const dialog = whole(page, entry);
  await dialog.getByLabel("Date").fill(entry.date);
  await dialog.locator("#group-center").selectOption({ label: entry.account });
  if (entry.to) await dialog.getByLabel("To", { exact: true }).selectOption({ label: entry.to });
  await dialog.locator("#group-comment").tap();
  await page.keyboard.type(entry.comment);
  for (const [at, part] of (entry.parts ?? []).entries()) {
    const fields = dialog.getByRole("group", { name: `Part ${at + 1}`, exact: true });
    if (at > 1) await dialog.getByRole("button", { name: "Add a part" }).tap();
    await fields.getByLabel("Category").selectOption({ label: part.article });
    await fields.getByLabel("Amount").tap();
    await page.keyboard.type(typed(part.amount));
  }
  await dialog.getByRole("button", { name: "Add", exact: true }).tap();
  await expect(dialog).toBeHidden();
}
