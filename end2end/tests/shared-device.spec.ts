import { keys, stores } from "../support/device";
import { expect, type Person, test } from "../support/fixtures";
import { emailOf, fillCopies, signIn, withTwoWaiting } from "../support/signing-out";
import { lose, waits, writes } from "../support/writes";

/** The key of what the device has of this page's account and household. */
async function owner(person: Person): Promise<string[]> {
  const account = await person.page.evaluate(() => document.documentElement.dataset.account ?? "");
  const { household } = await person.api<{ household: { id: string } }>("get", "/auth/me");
  return [account, household.id];
}

/** Anna removes Ben from the household. */
async function removesBen(anna: Person): Promise<void> {
  await anna.open("/household");
  const members = anna.page.getByRole("region", { name: "Members" });
  await members.getByRole("button", { name: "Remove: Ben" }).click();
  await members.getByRole("button", { name: "Remove", exact: true }).click();
}

test("somebody who is removed from the household finds no copy of its book on the device, and those of others", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  const own = await owner(ben);
  const others = [[own[0], "another household"], ["another account", own[1]]];
  for (const key of [own, ...others]) await fillCopies(ben.page, key);
  await removesBen(anna);
  await expect(ben.page.getByRole("dialog", { name: "No longer a member" })).toBeVisible();
  await expect.poll(() => keys(ben.page, "book")).toEqual([...others].sort());
  expect(await keys(ben.page, "who")).toEqual([...others].sort());
});

test("whoever is signed in keeps the copies on a page for new people, until another person signs in there", async ({ household: { anna } }) => {
  await anna.openLive();
  await fillCopies(anna.page);
  await anna.page.goto(`${anna.server.url}/demo`);
  await expect(anna.page.getByRole("button", { name: "Open as Anna" })).toBeVisible();
  // What the page does with the database comes first, because it asked first.
  expect(await stores(anna.page)).toEqual([0, 1, 1]);
  await anna.page.goto(`${anna.server.url}/register`);
  expect(await stores(anna.page)).toEqual([0, 1, 1]);
  await anna.page.getByLabel("Name of the household").fill("The Millers");
  await anna.page.getByLabel("Your name").fill("Eve");
  await anna.page.getByLabel("Email").fill(`eve-${Date.now()}@example.org`);
  await anna.page.getByLabel("Password").fill("correct horse");
  // The next page erases what is not hers, too; so the copies have to be gone before there is one.
  await anna.page.route("**/register", (route) => (route.request().method() === "POST" ? route.fulfill({ status: 204 }) : route.continue()));
  await anna.page.getByRole("button", { name: "Start" }).click();
  await expect.poll(() => stores(anna.page)).toEqual([0, 0, 0]);
  await anna.page.unroute("**/register");
  await anna.page.getByRole("button", { name: "Start" }).click();
  await anna.live();
  await expect(anna.page.getByText("The Millers").first()).toBeVisible();
});

test("deleting the account says what would be lost with it, and leaves nothing of it on the device", async ({ household: { ben } }) => {
  await withTwoWaiting(ben);
  const section = ben.page.getByRole("region", { name: "Delete your account" });
  await expect(section.getByText("These changes would be lost with it:")).toBeVisible();
  await expect(section.getByText("Changes waiting on this device to be sent: 2")).toBeVisible();
  await section.getByLabel("Password").fill("wrong password");
  await section.getByRole("button", { name: "Delete your account" }).click();
  await expect(section).toContainText("not your password");
  expect(await stores(ben.page)).toEqual([2, 0, 0]);
  await section.getByLabel("Password").fill("correct horse");
  await section.getByRole("button", { name: "Delete your account" }).click();
  await expect(ben.page.getByText("The account is deleted.")).toBeVisible();
  await expect.poll(() => stores(ben.page)).toEqual([0, 0, 0]);
});

test("somebody who is removed while entries wait is told that they stay on the device, and joins again from the sign-in", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  await ben.page.route(writes, lose);
  await ben.add("8", "Groceries", "before he was removed");
  await expect(waits(ben, "before he was removed")).toBeVisible();
  const email = await emailOf(ben);
  await removesBen(anna);
  const dialog = ben.page.getByRole("dialog", { name: "No longer a member" });
  await expect(dialog).toContainText("What you entered and could not be sent stays on this device.");
  const { url } = await anna.api<{ url: string }>("post", "/invites");
  await ben.page.goto(url);
  await ben.page.getByRole("link", { name: "Already registered? Sign in" }).click();
  await signIn(ben, email);
  await expect(ben.page.getByText("To join with it, enter your name and the same password.")).toBeVisible();
  await ben.page.getByLabel("Your name").fill("Ben");
  await ben.page.getByLabel("Password").fill("correct horse");
  await ben.page.unroute(writes);
  await ben.page.getByRole("button", { name: "Join" }).click();
  await anna.openLive();
  await expect(anna.rows("before he was removed")).toHaveCount(1);
});

test("an account without a household leaves nothing on the device once it is deleted", async ({ household: { anna, ben } }) => {
  await withTwoWaiting(ben);
  const email = await emailOf(ben);
  await removesBen(anna);
  await ben.page.goto(`${ben.server.url}/sign-in`);
  await signIn(ben, email);
  const deletion = ben.page.getByRole("region", { name: "Delete this account" });
  await expect(deletion).toBeVisible();
  expect(await stores(ben.page)).toEqual([2, 0, 0]);
  await deletion.getByLabel("Password").fill("correct horse");
  await deletion.getByRole("button", { name: "Delete this account" }).click();
  await expect(ben.page.getByText("The account is deleted.")).toBeVisible();
  await expect.poll(() => stores(ben.page)).toEqual([0, 0, 0]);
});
