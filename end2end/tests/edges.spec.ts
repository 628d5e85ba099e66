import type { Page } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { editor } from "../support/writes";

/** The controls whose ring is cut when they have the focus: by what is around them, or by the edge of the window. */
async function cutRings(page: Page): Promise<string[]> {
  // From here on the browser draws rings.
  await page.keyboard.press("Tab");
  return page.evaluate(() => {
    const found: string[] = [];
    const open = document.querySelector("dialog:modal, :popover-open") ?? document.body;
    for (const element of open.querySelectorAll<HTMLElement>("a[href], button, input, select")) {
      element.focus();
      // As the keys do.
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      const style = getComputedStyle(element);
      if (document.activeElement !== element || style.opacity === "0" || style.outlineStyle === "none") continue;
      const ring = Number.parseFloat(style.outlineWidth) + Number.parseFloat(style.outlineOffset);
      const box = element.getBoundingClientRect();
      const [left, right, top, bottom] = [box.left - ring, box.right + ring, box.top - ring, box.bottom + ring];
      const name = `${element.className}: ${element.innerText || element.getAttribute("aria-label") || element.id}`;
      if (left < 0 || right > innerWidth) found.push(`${name}, by the window`);
      for (let around = element.parentElement; around && around !== document.body; around = around.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(around);
        const edge = around.getBoundingClientRect();
        const [inLeft, inTop] = [edge.left + around.clientLeft, edge.top + around.clientTop];
        const [inRight, inBottom] = [inLeft + around.clientWidth, inTop + around.clientHeight];
        const cuts = (overflowX !== "visible" && (left < inLeft - 1 || right > inRight + 1)) || (overflowY !== "visible" && (top < inTop - 1 || bottom > inBottom + 1));
        if (cuts) found.push(`${name}, by ${around.className || around.tagName}`);
        if (getComputedStyle(around).position === "fixed") {
          if (bottom > innerHeight || top < 0) found.push(`${name}, by the window`);
          break;
        }
      }
    }
    return found;
  });
}

async function recorded(anna: Person): Promise<void> {
  const { items } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const article_id = items.find((row) => row.name === "Groceries")?.id;
  const ago = new Date(Date.parse(today) - 3 * 86_400_000).toISOString().slice(0, 10);
  await anna.api("post", "/facts", { amount: "-12.50", article_id, financial_center_id: center.id, comment: "bread" });
  await anna.api("post", "/recurring", { amount: "-9.90", article_id, financial_center_id: center.id, comment: "milk", starts_on: ago, unit: "month", times: 1 });
}

for (const [width, height] of [[390, 844], [760, 900], [1440, 900]] as const) {
  const touch = width < 700;
  test.describe(`${width} px`, () => {
    test.use({ viewport: { width, height }, hasTouch: touch, isMobile: touch });

    test("the ring around what has the focus is whole", async ({ household: { anna } }, info) => {
      await recorded(anna);
      for (const path of ["/", "/plan", "/household", "/settings"]) {
        if (path === "/settings") await anna.page.goto(anna.server.url + path);
        else await anna.open(path);
        expect(await cutRings(anna.page), path).toEqual([]);
        await pictures(anna.page, info, `ring${path.replace("/", "-")}`);
      }
      await anna.open("/");
      await anna.rows("bread").getByRole("button").click();
      await expect(editor(anna)).toBeVisible();
      expect(await cutRings(anna.page), "an editor").toEqual([]);
    });

    test("the amount of what is expected ends where all amounts do", async ({ household: { anna } }, info) => {
      await recorded(anna);
      await anna.open("/");
      const end = async (row: string) => Math.round((await anna.page.locator(row).first().evaluate((element) => element.getBoundingClientRect().right)) * 10) / 10;
      await expect(anna.page.locator(".expected-row .row-amount")).toBeVisible();
      expect(await end(".expected-row .row-amount")).toBe(await end(".row .row-amount"));
      expect(await end(".day .day-total")).toBe(await end(".row .row-amount"));
      await pictures(anna.page, info, "expected");
    });
  });
}

test.describe("an American date", () => {
  test.use({ locale: "en-US" });

  test("fits in every field for a day", async ({ household: { anna } }) => {
    test.slow();
    await recorded(anna);
    /** The fields that are narrower than what they show. */
    const cut = () =>
      anna.page.evaluate(() =>
        [...document.querySelectorAll<HTMLInputElement>("input[type=date]")].filter((input) => {
          const { width } = input.getBoundingClientRect();
          if (width === 0) return false;
          input.style.width = "max-content";
          const needed = input.getBoundingClientRect().width;
          input.style.width = "";
          return needed > width + 0.5;
        }).map((input) => `${input.id} at ${innerWidth} px`),
      );
    for (const width of [320, 390, 720, 1000]) {
      await anna.page.setViewportSize({ width, height: 844 });
      await anna.open("/");
      if (width < 720) await anna.page.locator(".behind").click();
      expect(await cut()).toEqual([]);
      await anna.page.evaluate(() => sessionStorage.clear());
      await anna.open("/");
      await anna.rows("bread").getByRole("button").click();
      await expect(editor(anna)).toBeVisible();
      expect(await cut()).toEqual([]);
      await anna.open("/household");
      await anna.page.getByRole("region", { name: "Recurring" }).getByRole("button", { name: /milk/ }).click();
      await expect(anna.page.locator("#recurring-start")).toBeVisible();
      expect(await cut()).toEqual([]);
    }
  });
});
