import { stores } from "../support/device";
import { expect, found, type Household, type Person, test as base } from "../support/fixtures";
import { looksRight } from "../support/look";
import { kept, sending, signOut, withTwoWaiting } from "../support/signing-out";
import { back, facts, lose, revise, waits, writes } from "../support/writes";

/** Another household. */
const test = base.extend<{ other: Household }>({
  other: async ({ browser, server, locale }, use) => {
    const other = await found(browser, server, { locale });
    await use(other);
    await other.anna.context.close();
    await other.ben.context.close();
  },
});

const popover = ({ page }: Person) => page.locator("#connection");

async function joins(person: Person, other: Household): Promise<void> {
  const { url } = await other.anna.api<{ url: string }>("post", "/invites");
  await person.page.goto(url);
  await person.page.getByRole("button", { name: "Join" }).click();
  await person.live();
}

test("what waits in a household is sent from another one of the same person", async ({ household: { anna, ben }, other }) => {
  await withTwoWaiting(ben);
  await joins(ben, other);
  await expect(ben.rows("first")).toHaveCount(0);
  await expect(popover(ben)).toContainText("In another household: 2 waiting to be sent.");
  await expect(ben.page.getByRole("button", { name: /Connection/ })).toContainText("2 in another household");
  await ben.context.unroute(writes);
  await ben.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await anna.openLive();
  for (const note of ["first", "second"]) await expect(anna.rows(note)).toHaveCount(1);
  await expect(popover(ben)).not.toContainText("In another household");
  expect(await stores(ben.page)).toEqual([0, 0, 0]);
  expect((await facts(other.anna)).length).toBe(0);
});

test("a change of another household that somebody else has overtaken is said to wait for its page, and decided there", async ({ household: { anna, ben }, other }, info) => {
  await ben.openLive();
  await ben.add("5", "Groceries", "theirs");
  await expect(ben.rows("theirs")).not.toContainText("saving…");
  await ben.context.route(writes, lose);
  await revise(ben, "theirs", { Amount: "-6" });
  await expect(waits(ben, "theirs")).toBeVisible();
  await expect(kept(ben)).toBeAttached();
  const [{ id }] = await facts(anna);
  await anna.api("patch", `/facts/${id}`, { amount: "-7" });
  await joins(ben, other);
  await ben.context.unroute(writes);
  await back(ben);
  await expect(popover(ben)).toContainText("In another household: 1 waiting for you to open it.");
  await expect(popover(ben)).toContainText("Open that household in the settings to decide about them.");
  const badge = ben.page.getByRole("button", { name: /Connection/ });
  await expect(badge).toContainText("1 in another household");
  await badge.click();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await ben.page.setViewportSize({ width, height: 844 });
    await ben.page.emulateMedia({ colorScheme: scheme });
    await ben.page.screenshot({ path: info.outputPath(`elsewhere-${width}-${scheme}.png`) });
  }
  await looksRight(ben.page, [], { language: "en", axe: true }, "what waits in another household");
  // Nobody is kept signed in by what cannot be sent from here.
  await ben.page.goto(`${ben.server.url}/settings`);
  await signOut(ben);
  await ben.page.getByRole("button", { name: "Send now" }).click();
  await expect(sending(ben)).toContainText("Not everything could be sent");
  await expect(sending(ben)).toContainText("In another household: 1 waiting for you to open it.");
  await sending(ben).getByRole("button", { name: "Stay signed in" }).click();
  await ben.page.goto(`${ben.server.url}/settings`);
  await ben.page.getByRole("button", { name: /^Open/ }).click();
  await ben.live();
  await expect(ben.rows("theirs").getByRole("alert")).toContainText("Anna changed this");
  await expect(badge).not.toContainText("another household");
});
