import type { Page } from "@playwright/test";
import type { Person } from "./fixtures";

/** A day so many days later. */
export const later = (day: string, days: number) => {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
};

/** The household's today. */
export const today = async (person: Person) => (await person.api<{ today: string }>("get", "/snapshot")).today;

/** Adds a recurring entry through the API; `days` from today. */
export const comes = async (person: Person, comment: string, amount: string, days: number, more = {}) => {
  const articles = (await person.api<{ items: { id: string; name: string }[] }>("get", "/articles")).items;
  const centers = (await person.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const article_id = articles.find((row) => row.name === "Groceries")?.id;
  const starts_on = later(await today(person), days);
  await person.api("post", "/recurring", { comment, amount, starts_on, unit: "week", article_id, financial_center_id: centers[0].id, ...more });
};

export const expected = (page: Page) => page.getByRole("region", { name: "Expected" });

/** The expected days of the recurring entries with this text. */
export const expectedRows = (page: Page, text: string) => expected(page).getByRole("listitem").filter({ hasText: text });
