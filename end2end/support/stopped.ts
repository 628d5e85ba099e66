import type { Page } from "@playwright/test";
import { expect, type Person } from "./fixtures";

/** The bar of a page whose program does not run. */
export const bar = (page: Page) => page.locator("#stopped");
export const reload = (page: Page) => bar(page).getByRole("button", { name: "Reload" });

/** The bar is visible and shows this one of its sentences. */
export async function says(page: Page, sentence: string): Promise<void> {
  await expect(bar(page).locator("[data-why]").filter({ visible: true })).toContainText(sentence);
}

/** The page says that it has stopped, and nothing on it claims that it is up to date, now or later. */
export async function hasStopped({ page }: Person): Promise<void> {
  await says(page, "stopped working");
  await expect(page.getByText(/\bLive\b/)).toHaveCount(0);
}

/** The page does not get its program. */
export async function noProgram(page: Page): Promise<void> {
  await page.route("**/pkg/*/*.wasm", (route) => route.abort());
}

/** The page gets its program only when the returned function is called. */
export async function lateProgram(page: Page): Promise<() => void> {
  let arrive = () => {};
  const late = new Promise<void>((done) => {
    arrive = done;
  });
  await page.route("**/pkg/*/*.wasm", async (route) => {
    await late;
    await route.continue();
  });
  return arrive;
}

/** Starts the program a second time on a page that no longer matches the server's HTML: it panics. */
export async function panic(page: Page): Promise<void> {
  await page.evaluate(async () => {
    document.querySelector(".bar")?.prepend(document.createElement("i"));
    const script = performance.getEntriesByType("resource").find(({ name }) => /\/pkg\/[^/]*\/[^/]*\.js$/.test(name));
    const program = await import(script?.name ?? "");
    program.hydrate();
  }).catch(() => undefined);
}
