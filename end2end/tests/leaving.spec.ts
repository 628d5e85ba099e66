import { expect, test } from "../support/fixtures";
import { listen, looksRight } from "../support/look";

test("somebody who is removed is told at once, and what they recorded stays with their name", async ({ household: { anna, ben } }, info) => {
  const said = listen(anna.page);
  await ben.openLive();
  await ben.add("7", "Groceries", "from Ben");
  await expect(ben.rows("from Ben")).toHaveCount(1);
  await anna.open("/household");
  const members = anna.page.getByRole("region", { name: "Members" });
  await expect(members.getByRole("button", { name: "Leave this household" }), "its owner cannot").toHaveCount(0);
  await members.getByRole("button", { name: "Remove: Ben" }).click();
  await expect(members.getByText("Remove Ben? What they recorded stays.")).toBeVisible();
  await expect(members.getByRole("button", { name: "Cancel" })).toBeFocused();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await members.screenshot({ path: info.outputPath(`remove-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, said, { language: "en", axe: true }, "somebody is about to be removed");
  await members.getByRole("button", { name: "Cancel" }).click();
  await expect(members.getByText("What they recorded stays")).toHaveCount(0);
  await expect(members.getByRole("button", { name: "Remove: Ben" })).toBeFocused();
  await members.getByRole("button", { name: "Remove: Ben" }).click();
  await members.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(members.getByText("Ben")).toHaveCount(0);

  const dialog = ben.page.getByRole("dialog", { name: "No longer a member" });
  await expect(dialog).toBeVisible();
  for (const [width, scheme] of [[390, "light"], [1440, "dark"]] as const) {
    await ben.page.setViewportSize({ width, height: 844 });
    await ben.page.emulateMedia({ colorScheme: scheme });
    await ben.page.screenshot({ path: info.outputPath(`removed-${width}-${scheme}.png`) });
  }
  await dialog.getByRole("button", { name: "Continue" }).click();
  await expect(ben.page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await anna.openLive();
  await expect(anna.rows("from Ben").locator(".avatar")).toHaveText("B");
});

test("a member leaves by themselves", async ({ household: { anna, ben } }) => {
  await anna.open("/household");
  await ben.open("/household");
  await ben.page.getByRole("button", { name: "Leave this household" }).click();
  await expect(ben.page.getByText("You can come back only by an invitation")).toBeVisible();
  await ben.page.getByRole("group").getByRole("button", { name: "Leave this household" }).click();
  await expect(ben.page.getByRole("dialog", { name: "No longer a member" })).toBeVisible();
  await expect(anna.page.getByRole("region", { name: "Members" }).getByText("Ben")).toHaveCount(0);
});
