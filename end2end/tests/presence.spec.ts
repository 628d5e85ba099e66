import { expect, test } from "../support/fixtures";
import { listen, looksRight } from "../support/look";

test("everybody sees who else is present and what they edit, until they leave", async ({ household: { anna, ben } }, info) => {
  const said = listen(anna.page);
  await anna.openLive();
  const here = anna.page.getByRole("list", { name: "Also here now" });
  await expect(here.getByRole("listitem")).toHaveCount(0);
  await ben.openLive();
  await expect(here.getByText("Ben")).toBeAttached();
  await expect(ben.page.getByRole("list", { name: "Also here now" }).getByText("Anna")).toBeAttached();

  await anna.add("20", "Groceries", "market");
  await ben.rows("market").getByRole("button").click();
  await expect(anna.rows("market")).toContainText("Ben is editing");
  await expect(ben.page.getByText("is editing")).toHaveCount(0);
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    expect(await anna.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing sideways").toBe(true);
    await anna.page.screenshot({ path: info.outputPath(`presence-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, said, { language: "en", axe: true }, "somebody edits a row");

  await ben.page.getByRole("form", { name: "Edit the transaction" }).press("Escape");
  await expect(anna.page.getByText("is editing")).toHaveCount(0);
  await ben.page.close();
  await expect(here.getByRole("listitem")).toHaveCount(0);
});

test("the edited row is announced again after a reconnect", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("20", "Groceries", "market");
  await ben.rows("market").getByRole("button").click();
  await expect(anna.rows("market")).toContainText("Ben is editing");
  await anna.context.setOffline(true);
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(anna.page.getByText("is editing")).toHaveCount(0);
  await anna.context.setOffline(false);
  await expect(anna.rows("market")).toContainText("Ben is editing");
});
