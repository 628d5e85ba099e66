import type { Locator, Page, Route } from "@playwright/test";
import { existsSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Person } from "./fixtures";

const folder = resolve(__dirname, "../..", process.env.LEPTOS_SITE_ROOT ?? "target/run/site", "pkg");
// The release has a folder for its build.
const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => basename(file)) : [];

/** The files of the parts, apart from what every page downloads. */
export const PARTS = /\/pkg\/[^/]*\/(?!family-budget\.)[^/]*\.wasm$/;

/** The names of these files. */
export const parts = files.filter((file) => PARTS.test(`/pkg/build/${file}`));

/** Only the release is split; in other builds there is nothing to load. */
export const split = parts.some((file) => /^plan-.*\.wasm$/.test(file));

/** Holds the parts back until the returned function is called. */
export async function holdBack(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((done) => {
    release = done;
  });
  await page.route(PARTS, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

/** The file of a part does not arrive. */
export const lost = (route: Route) => route.abort();

/** The message that a part did not arrive. */
export const missing = (place: Locator) => place.getByRole("alert").filter({ hasText: "could not be loaded" });

/** The message that a part is on its way. */
export const loading = (place: Locator) => place.getByRole("status").filter({ hasText: "Loading…" });

/** Opens Today, without any part. */
export async function todayWithoutParts(person: Person): Promise<void> {
  await person.page.route(PARTS, lost);
  const tried = person.page.waitForRequest(PARTS);
  await person.openLive();
  await tried;
}

/** Waits until the page has loaded all its parts. */
export async function untilIdle(page: Page): Promise<void> {
  for (const name of parts) await page.waitForFunction((name) => performance.getEntriesByType("resource").some((entry) => entry.name.endsWith(name)), name);
}

/** Counts how often each part is asked for. */
export function asked(page: Page): Map<string, number> {
  const counted = new Map<string, number>();
  page.on("request", (request) => {
    const name = PARTS.test(request.url()) && request.url().split("/").at(-1);
    if (name) counted.set(name, (counted.get(name) ?? 0) + 1);
  });
  return counted;
}

/** A transaction that is there before the page is opened. */
export async function recorded(person: Person, note: string, amount = "-5"): Promise<string> {
  const { items: articles } = await person.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const { items: centers } = await person.api<{ items: { id: string }[] }>("get", "/financial-centers");
  const article_id = articles.find((row) => row.name === "Groceries")?.id;
  const { id } = await person.api<{ id: string }>("post", "/facts", { amount, article_id, financial_center_id: centers[0].id, comment: note });
  return id;
}

export const tab = (page: Page, name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true });
