import { type BrowserContext, type BrowserContextOptions, type Page, chromium, devices } from "@playwright/test";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, expect, found, type Household, Person, test as base } from "./fixtures";
import { Network } from "./network";
import { Server } from "./server";

/** Carries out a function on the stores of the browser's database; `undefined` if there is none. */
async function read(page: Page): Promise<{ readers: string[]; books: string[]; records: number } | undefined> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const opening = indexedDB.open("family-budget", 1);
    opening.onupgradeneeded = () => opening.transaction?.abort();
    const database = await done(opening).catch(() => undefined);
    if (!database) return undefined;
    const transaction = database.transaction(["outbox", "book", "who"]);
    const [readers, books, records] = await Promise.all([
      done(transaction.objectStore("who").getAll()),
      done(transaction.objectStore("book").getAll()),
      done(transaction.objectStore("outbox").count()),
    ]);
    database.close();
    return { readers, books, records };
  });
}

/** The numbers of commands and of copies of a book that this browser stores. */
export const storedNumbers = async (page: Page) => {
  const found = await read(page);
  return found && [found.records, found.books.length, found.readers.length];
};

/** Waits until this browser keeps the book as the server has it, and no record of what it contains. */
export async function keepsBook(person: Person): Promise<void> {
  await expect
    .poll(async () => {
      // Read again at each look, because a waiting entry may arrive between two of them.
      const { seq } = await person.api<{ seq: number }>("get", "/snapshot");
      const found = await read(person.page);
      return found && [found.readers.map((reader) => JSON.parse(reader).position.seq - seq), found.records];
    })
    .toEqual([[0], 0]);
}

/** Opens a live page, and waits until it has stored its copy of the book: from then on it stores only what changes. */
export async function opensAndKeeps(person: Person): Promise<void> {
  const used = async () => (await read(person.page))?.readers.map((reader) => JSON.parse(reader).used);
  const before = await used();
  await person.openLive();
  await expect.poll(used).not.toEqual(before);
  await keepsBook(person);
}

/** Waits until the browser has a worker that answers. */
export const hasWorker = (page: Page) => page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state));

/** A device with a browser of its own, which can be killed as by an empty battery. */
export class Device {
  private context?: BrowserContext;
  /** The exceptions of its pages. */
  readonly faults: string[] = [];

  private constructor(
    private readonly profile: string,
    /** Who is signed in on it. */
    readonly owner: Person,
    /** Where it finds the program. */
    private readonly server: Address,
    /** What it is, if not a desktop. */
    private readonly kind: BrowserContextOptions,
  ) {}

  static async of(owner: Person, server: Address = owner.server, kind: BrowserContextOptions = {}): Promise<Device> {
    const device = new Device(mkdtempSync(join(tmpdir(), "family-budget-profile-")), owner, server, kind);
    await device.start();
    return device;
  }

  /** The person, on the first page of the device. */
  get person(): Person {
    const [page] = this.context?.pages() ?? [];
    if (!this.context || !page) throw new Error("the device is off");
    return new Person(this.owner.name, this.context, page, this.server);
  }

  async start(): Promise<void> {
    const use = base.info().project.use;
    const { locale, timezoneId, viewport } = use;
    this.context = await chromium.launchPersistentContext(this.profile, { ...use.launchOptions, locale, timezoneId, viewport, ...this.kind });
    this.context.on("weberror", (error) => this.faults.push(String(error.error())));
    this.context.on("console", (message) => /panicked at/.test(message.text()) && this.faults.push(message.text()));
    // The browser may not have written them before it was killed.
    await this.context.addCookies(await this.owner.context.cookies());
    if (this.context.pages().length === 0) await this.context.newPage();
  }

  /** Its processes end without a word. */
  async kill(): Promise<void> {
    const closed = new Promise((done) => this.context?.once("close", done));
    execFileSync("pkill", ["-KILL", "-f", this.profile]);
    await closed;
    this.context = undefined;
  }

  async remove(): Promise<void> {
    await this.context?.close();
    rmSync(this.profile, { recursive: true, force: true });
    expect(this.faults, "no page panics or throws").toEqual([]);
  }
}

/** Each test has a server with a service worker, and stops it: `setOffline` does not close sockets. */
export const test = base.extend<{ own: Server; home: Household; device: Device; network: Network; phone: Device }>({
  // biome-ignore lint: Playwright wants the empty pattern
  own: async ({}, use) => {
    const server = await Server.start(undefined, { FAMILY_BUDGET_SERVICE_WORKER: "on" });
    await use(server);
    await server.stop();
  },
  home: async ({ browser, own, locale }, use) => {
    const home = await found(browser, own, { locale });
    await use(home);
    await home.anna.context.close();
    await home.ben.context.close();
  },
  // Of Anna.
  device: async ({ home }, use) => {
    const device = await Device.of(home.anna);
    await use(device);
    await device.remove();
  },
  network: async ({ own }, use) => {
    const network = await Network.to(own);
    await use(network);
    await network.leave();
  },
  // Of Anna, behind a network that can be taken away.
  phone: async ({ home, network }, use) => {
    const { defaultBrowserType: _, ...kind } = devices["Pixel 7"];
    const phone = await Device.of(home.anna, network, kind);
    await use(phone);
    await phone.remove();
  },
});
