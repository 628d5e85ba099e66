import type { Page } from "@playwright/test";
import { put } from "./device";
import { expect, Person } from "./fixtures";
import { lose, waits, writes } from "./writes";

export const kept = ({ page }: Person) => page.locator("#connection").getByText("Kept on this device.", { exact: true });
export const question = ({ page }: Person) => page.getByRole("dialog", { name: "Sign out before everything is sent?" });
export const sending = ({ page }: Person) => page.getByRole("dialog", { name: /Sending before you sign out|Not everything could be sent/ });
export const another = async (person: Person) => new Person(person.name, person.context, await person.context.newPage(), person.server);

/** Puts something in the stores with the copies of the book. */
export async function fillCopies(page: Page, owner = ["one", "two"]): Promise<void> {
  for (const store of ["book", "who"]) await put(page, store, owner, "a copy");
}

export const emailOf = async (person: Person) => (await person.api<{ email: string }>("get", "/auth/me")).email;

export async function signIn({ page }: Person, email: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Two entries wait; then the settings are open. */
export async function withTwoWaiting(person: Person): Promise<void> {
  await person.openLive();
  await person.context.route(writes, lose);
  await person.add("4", "Gifts", "first");
  await person.add("5", "Groceries", "second");
  await expect(waits(person, "second")).toBeVisible();
  await expect(kept(person)).toBeAttached();
  await person.page.goto(`${person.server.url}/settings`);
}

export const signOut = ({ page }: Person) => page.getByRole("button", { name: "Sign out", exact: true }).click();
