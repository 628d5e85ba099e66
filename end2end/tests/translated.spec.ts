import type { Page } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

/**
 * Simulates a browser's translator: every text that is not marked is replaced by `<font>` elements with another text,
 * including texts that are added later. The other language is capitals, in which figures are the same.
 */
function translate(): void {
  const skipped = "[translate=no], .notranslate, script, style, svg, font, option";
  const translated = (text: string) => text.toUpperCase();
  const all = (root: Node) => {
    const texts: Text[] = [];
    if (root.nodeType === Node.TEXT_NODE) texts.push(root as Text);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) {
      if (!text.data.trim() || !text.parentElement || text.parentElement.closest(skipped)) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = translated(text.data);
      outer.append(inner);
      text.replaceWith(outer);
    }
  };
  all(document.body);
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) for (const node of [target, ...addedNodes]) if (node.isConnected && (node === target ? node.nodeType === Node.TEXT_NODE : true)) all(node);
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}

/** All visible text of the page with a digit in it, in capitals, without announcements to this reader only. */
const figures = (page: Page) =>
  page.evaluate(() => {
    const announced = [...document.querySelectorAll<HTMLElement>("main [aria-live], main [role=status]")].map((element) => element.innerText);
    let text = (document.querySelector("main") as HTMLElement).innerText;
    for (const said of announced) if (said.trim()) text = text.replace(said, "");
    return text
      .toUpperCase()
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => /\d/.test(line));
  });

/** The translated page shows the same figures as the other one. */
async function agree(translated: Person, other: Person): Promise<void> {
  await expect(async () => expect(await figures(translated.page)).toEqual(await figures(other.page))).toPass({ timeout: 15_000 });
}

const go = async (person: Person, path: string) => {
  await person.page.getByRole("navigation").locator(`a[href="${path}"]`).click();
  await expect(person.page).toHaveURL(person.server.url + path);
};

test("the figures of a translated page follow every change of somebody else, and nothing panics", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await ben.add("10", "Groceries", "first");
  await expect(anna.rows("first")).toHaveCount(1);
  await anna.page.evaluate(translate);
  await expect(anna.page.getByRole("button", { name: "ADD", exact: true })).toBeVisible();
  await agree(anna, ben);

  // A row is added, changed, deleted and restored.
  await ben.add("12.50", "Gifts", "second");
  await expect(ben.rows("second")).toHaveCount(1);
  await agree(anna, ben);
  const { items } = await ben.api<{ items: { id: string; comment: string; article_id: string; financial_center_id: string }[] }>("get", "/facts");
  const row = items.find((row) => row.comment === "first");
  await ben.api("patch", `/facts/${row?.id}`, { amount: "-1234.56", comment: "7 breads" });
  await agree(anna, ben);
  await expect(anna.page.getByTestId("spent")).toContainText("247.06");
  await ben.api("delete", `/facts/${items.find((row) => row.comment === "second")?.id}`);
  await agree(anna, ben);
  await expect(anna.page.getByTestId("spent")).toContainText("234.56");

  // A plan changes the month's figure, and a recurring entry is expected.
  const { today } = await ben.api<{ today: string }>("get", "/snapshot");
  const plan = await ben.request.put(`${ben.server.url}/api/v1/plans/${row?.article_id}/${today.slice(0, 7)}`, { data: { amount: "2000" } });
  expect(plan.ok()).toBe(true);
  await agree(anna, ben);
  await ben.api("patch", "/household", { name: "Family no. 9" });
  await expect(anna.page.locator(".bar-name")).toHaveText("Family no. 9");
  await agree(anna, ben);

  // Actions on the translated page itself.
  await anna.page.getByRole("form").first().getByLabel("Amount").fill("3");
  await anna.page.getByRole("form").first().locator("select").first().selectOption({ label: "Gifts" });
  await anna.page.keyboard.press("Enter");
  await anna.page.getByRole("button", { name: "ADD", exact: true }).click();
  await agree(anna, ben);
  await anna.rows("7 breads").or(anna.page.getByRole("listitem").filter({ hasText: "7 breads" })).first().getByRole("button").click();
  const editor = anna.page.locator("form.editor");
  await editor.locator("#edit-amount").fill("-20");
  await editor.locator("button[type=submit]").click();
  await expect(editor).toBeHidden();
  await agree(anna, ben);

  for (const path of ["/plan", "/household", "/"]) {
    await go(anna, path);
    await go(ben, path);
    await agree(anna, ben);
    await ben.api("post", "/facts", { amount: "-5.55", article_id: row?.article_id, financial_center_id: row?.financial_center_id, comment: "5" });
    await agree(anna, ben);
  }
});

test("changing words are updated on a translated page too: errors appear and disappear, and the connection is shown", async ({ household: { anna } }) => {
  const { page } = anna;
  await anna.openLive();
  await page.evaluate(translate);
  await page.getByRole("button", { name: "ADD", exact: true }).click();
  const error = page.locator("#add-amount-error");
  await expect(error).toHaveText("THIS IS NEEDED");
  await page.locator("#add-amount").fill("3");
  await expect(error).toHaveText("");
  await anna.context.setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.locator(".badge")).not.toContainText("Live");
  await anna.context.setOffline(false);
  await anna.live();
});
