import { expect, type Person, test } from "../support/fixtures";
import { looksRight } from "../support/look";
import { pictures } from "../support/pictures";
import { another, withTwoWaiting } from "../support/signing-out";
import { writes } from "../support/writes";

const here = ({ page }: Person) => page.getByRole("region", { name: "Changes on this device" });

test("the settings say how many changes wait on the device, and when none does any more", async ({ household: { anna, ben } }, info) => {
  await withTwoWaiting(anna);
  await expect(here(anna)).toContainText("Changes waiting on this device to be sent: 2");
  await expect(here(anna).getByText("Changes that were not saved")).toBeHidden();
  await pictures(anna.page, info, "settings");
  await looksRight(anna.page, [], { language: "en", widths: [320, 1440], axe: true }, "changes wait");
  // Another tab sends them.
  const second = await another(anna);
  await anna.context.unroute(writes);
  await second.openLive();
  await ben.openLive();
  for (const note of ["first", "second"]) await expect(ben.rows(note)).toHaveCount(1);
  await expect(here(anna).getByRole("status")).toHaveText("No changes wait on this device any more.");
  await expect(here(anna).getByText("waiting on this device to be sent")).toBeHidden();
  await pictures(anna.page, info, "sent");
  await anna.page.reload();
  await expect(anna.page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(here(anna)).toBeHidden();
});

test("the settings lead to the list of what waits, which sends it", async ({ household: { anna, ben } }, info) => {
  await withTwoWaiting(anna);
  await here(anna).getByRole("link", { name: "Show and send them" }).click();
  const list = anna.page.locator("#connection");
  await expect(list).toBeVisible();
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await pictures(anna.page, info, "list");
  await anna.context.unroute(writes);
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await ben.openLive();
  for (const note of ["first", "second"]) await expect(ben.rows(note)).toHaveCount(1);
});

test("who keeps nothing on the device reads nothing of it in the settings", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.page.goto(`${anna.server.url}/settings`);
  await expect(anna.page.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(here(anna)).toBeHidden();
});
