import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";
import type { Person } from "./fixtures";

/** Messages in a page's console and its failures; a test removes those it expects. */
export function listen(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(String(error)));
  return said;
}

/** Lengthens every text by two fifths with letters of no language, so that accidental clipping shows. */
async function lengthen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const longer = (text: string) =>
      text.replace(/\p{L}{2,}/gu, (word) => word + "ëàö".repeat(Math.ceil(word.length / 7)).slice(0, Math.ceil(word.length * 0.4)));
    // Each text only once: a page is checked in several states.
    const before = ((window as { longer?: WeakSet<Node> }).longer ??= new WeakSet<Node>());
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement;
      if (!parent || ["SCRIPT", "STYLE", "OPTION"].includes(parent.tagName)) continue;
      if (before.has(node)) continue;
      before.add(node);
      node.textContent = longer(node.textContent ?? "");
    }
    for (const element of document.querySelectorAll("input[placeholder]")) {
      if (before.has(element)) continue;
      before.add(element);
      element.setAttribute("placeholder", longer(element.getAttribute("placeholder") ?? ""));
    }
  });
}

/** Texts that are out of place, or cut off without an ellipsis. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const style = getComputedStyle(element);
      const text = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      if (!text || style.textOverflow === "ellipsis" || style.clipPath !== "none" || element.closest(".chips, .balance-list, option")) continue;
      if (element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) found.push(`${element.className}: ${element.textContent}`);
    }
    return found;
  });
}

/** English words on a Russian page, other than names, addresses, currencies and keys. */
function foreignWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const own = /^(English|QR|EUR|USD|GBP|RUB|CHF|UAH|KZT|BYN|GEL|AMD|RSD|TRY|PLN|CZK|SEK|NOK|DKK|ILS|JPY|CNY|UTC|Esc|Enter|Del|Alt|Chrome|Linux|axe|https?|Anna|Ben|The|Sokolovs)$/;
    const words: string[] = [];
    const look = (text: string | null) => {
      const bare = (text ?? "").replace(/\S+[@/]\S*/g, "");
      words.push(...(bare.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !own.test(word)));
    };
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      if (["SCRIPT", "STYLE"].includes(element.tagName) || element.closest("#time_zone")) continue;
      for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(node.textContent);
      for (const name of ["aria-label", "placeholder", "title", "alt"]) if (!(name === "title" && element.tagName === "LI")) look(element.getAttribute(name));
    }
    look(document.title);
    return words;
  });
}

export interface Look {
  language: "en" | "ru";
  /** The widths in which each state is looked at; the window has the last one. Without them, only its own. */
  widths?: readonly number[];
  /**
   * Whether axe analyses each state in both themes. Its rules check structure, names and colours, which differ
   * between a phone and a desktop but neither between languages nor between phones; an analysis takes longer than
   * everything else here.
   */
  axe?: boolean;
  /** Whether the state is also looked at with longer texts. These stay in the page until it is drawn again. */
  lengthened?: boolean;
}

/** Makes the window as wide as each of the widths in turn. */
async function atEach(page: Page, widths: Look["widths"], check: (where: string) => Promise<void>): Promise<void> {
  const { width: own, height } = page.viewportSize() ?? { width: 1440, height: 844 };
  for (const width of widths ?? [own]) {
    if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height });
    await check(`${width} px`);
  }
}

/** Checks that nothing is cut off, the console is empty and every word is translated; with `axe`, its rules too. */
export async function looksRight(page: Page, said: string[], { language, widths, axe, lengthened }: Look, state: string): Promise<void> {
  expect(said, state).toEqual([]);
  if (language === "ru") expect(await foreignWords(page), state).toEqual([]);
  const nothingIsCutOff = () => atEach(page, widths, async (where) => expect(await cutOff(page), `${state}, ${where}`).toEqual([]));
  await nothingIsCutOff();
  if (axe) {
    await obeysAxe(page, state);
    // Messages that axe itself causes while it measures are not the page's.
    said.length = 0;
  }
  if (!lengthened) return;
  await lengthen(page);
  await nothingIsCutOff();
}

async function obeysAxe(page: Page, state: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    // No page has frames: otherwise the results of each would be joined in a second page, which takes longer than the rules.
    const builder = new AxeBuilder({ page }).options({ preload: false, resultTypes: ["violations"] }).setLegacyMode();
    // The other scheme differs only in its colours.
    const { violations } = await (colorScheme === "light" ? builder : builder.withRules(["color-contrast"])).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
    expect(found, `${state}, ${colorScheme}`).toEqual([]);
  }
}

/** Opens a page in each of the widths and checks that nothing moves when the program arrives. */
export async function arrivesStill(person: Person, path: string, { widths }: Look): Promise<void> {
  await atEach(person.page, widths, async (where) => {
    await person.open(path);
    await person.synchronised();
    expect(await layoutShift(person.page), `nothing moves when the program arrives, ${where}`).toBeLessThanOrEqual(0.01);
  });
}

/** The layout shift of the page since it was loaded. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
            if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => setTimeout(() => done(sum)));
      }),
  );
}
