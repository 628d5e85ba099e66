import { type APIRequestContext, type Browser, type BrowserContext, type Page, test as base, expect } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { Server } from "./server";

/** The address of a program. */
export type Address = { readonly url: string };

/** A person with a browser of their own. */
export class Person {
  constructor(
    readonly name: string,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly server: Address,
  ) {}

  get request(): APIRequestContext {
    return this.context.request;
  }

  /** Opens a page and waits until it is interactive. */
  async open(path: string): Promise<void> {
    await this.page.goto(this.server.url + path);
    await expect(this.page.locator("html[data-hydrated]")).toBeAttached();
  }

  async openLive(): Promise<void> {
    await this.open("/");
    await this.live();
  }

  /** Waits until the page is live. */
  async live(): Promise<void> {
    await expect(this.page.locator(".badge-live")).toBeVisible();
  }

  /** Waits until the page is live, whatever its language. */
  async synchronised(): Promise<void> {
    await expect(this.page.locator(".badge-live")).toBeVisible();
  }

  /** Waits until what was entered here is saved, and this page has received all that the server has by then. */
  async upToDate(): Promise<void> {
    await expect(this.rows("saving…")).toHaveCount(0);
    const { seq } = await this.api<{ seq: number }>("get", "/snapshot");
    await expect(this.page.locator("#connection")).toContainText(`no. ${seq}. `);
  }

  /** Records a transaction as a person does: amount, category, Enter. */
  async add(amount: string, category: string, note = ""): Promise<void> {
    const form = this.page.getByRole("form", { name: "Add a transaction" });
    await form.getByLabel("Amount").fill(amount);
    await form.getByLabel("Category").selectOption({ label: category });
    if (note) await form.getByLabel("Note").fill(note);
    await form.getByRole("button", { name: "Add", exact: true }).click();
  }

  /** The transactions with this text. */
  rows(text: string | RegExp) {
    return this.page.getByRole("region", { name: "Transactions" }).getByRole("listitem").filter({ hasText: text });
  }

  async api<T>(method: "get" | "post" | "put" | "patch" | "delete", path: string, data?: unknown): Promise<T> {
    const answer = await this.request[method](`${this.server.url}/api/v1${path}`, { data });
    expect(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`).toBeTruthy();
    return answer.status() === 204 ? (undefined as T) : ((await answer.json()) as T);
  }
}

export interface Household {
  anna: Person;
  ben: Person;
}

type Options = NonNullable<Parameters<Browser["newContext"]>[0]>;

/** A new household with two people, each in a browser context of their own. */
export async function found(browser: Browser, server: Address, options: Options = {}): Promise<Household> {
  const person = async (name: string) => {
    const context = await browser.newContext(options);
    return new Person(name, context, await context.newPage(), server);
  };
  const [anna, ben] = [await person("Anna"), await person("Ben")];
  const account = (name: string) => ({ name, email: `${name}-${randomUUID()}@example.org`.toLowerCase(), password: "correct horse" });
  const language = options.locale?.slice(0, 2) ?? "en";
  await anna.api("post", "/auth/register", {
    ...account("Anna"),
    household: "The Sokolovs",
    currency: "EUR",
    time_zone: "Europe/Berlin",
    language,
  });
  const { url } = await anna.api<{ url: string }>("post", "/invites");
  await ben.api("post", "/auth/register", { ...account("Ben"), invite: url.split("/join/")[1], language });
  return { anna, ben };
}

/** A person of the demo household of a key. */
export async function visit(browser: Browser, server: Server, key: string, who: string, options: Options = {}): Promise<Person> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${server.url}/demo/${key}/${who}`);
  // The link opens the book directly.
  await expect(page).toHaveURL(`${server.url}/`);
  return new Person(who, context, page, server);
}

/** The exceptions and panics of the pages of the running test. */
const faults: string[] = [];

function watch(context: BrowserContext): void {
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => {
    if (/panicked at/.test(message.text())) faults.push(message.text());
  });
}

/** Removes an expected failure, so that the test does not fail for it. */
export async function expectFault(what: RegExp): Promise<void> {
  await expect.poll(() => faults.join("\n")).toMatch(what);
  faults.length = 0;
}

export const test = base.extend<{ household: Household; faults: void }, { server: Server }>({
  // Every context of every test is watched, however it is created.
  browser: [
    async ({ browser }, use) => {
      const newContext = browser.newContext.bind(browser);
      browser.newContext = async (options) => {
        const context = await newContext(options);
        watch(context);
        return context;
      };
      await use(browser);
      browser.newContext = newContext;
    },
    { scope: "worker" },
  ],
  // A test fails for a panic or an uncaught exception in any of its pages, whatever else it checks.
  faults: [
    // biome-ignore lint: Playwright wants the empty pattern
    async ({}, use) => {
      faults.length = 0;
      await use();
      expect(faults, "no page panics or throws").toEqual([]);
    },
    { auto: true },
  ],
  server: [
    // biome-ignore lint: Playwright wants the empty pattern
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  household: async ({ browser, server, locale }, use) => {
    const household = await found(browser, server, { locale });
    await use(household);
    await household.anna.context.close();
    await household.ben.context.close();
  },
});

export { expect };
