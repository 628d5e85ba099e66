import type { Page, TestInfo } from "@playwright/test";

/** The windows in which a change of the screen is looked at, each in both themes: a phone, one with its keyboard open, a desktop. */
const windows = [[390, 844], [390, 510], [1440, 900]] as const;

/** Takes a picture of the page in each window, and leaves it as it was. */
export async function pictures(page: Page, info: TestInfo, name: string, more: readonly (readonly [number, number])[] = []): Promise<void> {
  const before = page.viewportSize();
  for (const [width, height] of [...windows, ...more]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: info.outputPath(`${name}-${width}-${height}-${colorScheme}.png`) });
    }
  }
  if (before) await page.setViewportSize(before);
}
