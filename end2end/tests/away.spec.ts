import { Server } from "../support/server";
import { expect, found, type Person, test } from "../support/fixtures";

const form = (person: Person) => person.page.getByRole("form", { name: "Add a transaction" });

/** A half-typed, unsaved entry. */
async function begin(person: Person): Promise<void> {
  await form(person).getByLabel("Amount").fill("12,50");
  await form(person).getByLabel("Note").fill("half a thought");
}

async function stillThere(person: Person): Promise<void> {
  await expect(form(person).getByLabel("Amount")).toHaveValue("12,50");
  await expect(form(person).getByLabel("Note")).toHaveValue("half a thought");
}

/** What the other person does in the meantime: one row is added, one changed, one deleted. */
async function meanwhile(anna: Person): Promise<void> {
  const { items } = await anna.api<{ items: { id: string; comment: string }[] }>("get", "/facts");
  const id = (comment: string) => items.find((row) => row.comment === comment)?.id;
  await anna.api("patch", `/facts/${id("changes")}`, { amount: "-20" });
  await anna.api("delete", `/facts/${id("goes")}`);
  await anna.add("3", "Groceries", "comes");
  await expect(anna.rows("comes")).toHaveCount(1);
}

async function isRight(person: Person): Promise<void> {
  await expect(person.rows("comes")).toContainText("−3.00");
  await expect(person.rows("changes")).toContainText("−20.00");
  await expect(person.rows("goes")).toHaveCount(0);
  await expect(person.page.getByTestId("spent")).toContainText("23.00");
  await person.live();
}

async function atWork(anna: Person, ben: Person): Promise<void> {
  await anna.openLive();
  await ben.openLive();
  await anna.add("10", "Groceries", "changes");
  await anna.add("5", "Groceries", "goes");
  await expect(ben.rows(/changes|goes/)).toHaveCount(2);
}

test("a laptop that slept for an hour is up to date when it is opened, and nothing typed is lost", async ({ household: { anna, ben } }) => {
  await ben.page.clock.install();
  await atWork(anna, ben);
  await begin(ben);
  await ben.context.setOffline(true);
  await meanwhile(anna);
  await ben.page.clock.fastForward("01:00:00");
  await expect(ben.page.locator(".badge").filter({ hasText: /Offline since/ })).toBeVisible();
  await ben.context.setOffline(false);
  await ben.page.clock.runFor(30_000);
  // While somebody types, no row moves; new rows wait above.
  await ben.page.getByRole("button", { name: /new ↑/ }).click();
  await isRight(ben);
  await stillThere(ben);
});

test("a tab that was hidden and frozen is up to date when it is shown again", async ({ household: { anna, ben } }) => {
  await atWork(anna, ben);
  await begin(ben);
  const browser = await ben.context.newCDPSession(ben.page);
  await browser.send("Page.setWebLifecycleState", { state: "frozen" });
  await meanwhile(anna);
  await browser.send("Page.setWebLifecycleState", { state: "active" });
  await ben.page.getByRole("button", { name: /new ↑/ }).click();
  await isRight(ben);
  await stillThere(ben);
});

test("open pages continue after the server is restarted", async ({ browser }) => {
  const server = await Server.start();
  const { anna, ben } = await found(browser, server);
  await atWork(anna, ben);
  await begin(ben);
  await ben.rows("changes").getByRole("button").click();
  const editor = ben.page.getByRole("form", { name: "Edit the transaction" });
  await editor.getByLabel("Note").fill("changes, as Ben says");
  expect(await server.kill("SIGTERM"), "it ends well").toBe(0);
  await expect(ben.page.locator(".badge-live")).toHaveCount(0);
  await server.run();
  await ben.live();
  await anna.live();
  await expect(editor.getByLabel("Note")).toHaveValue("changes, as Ben says");
  await editor.getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("changes, as Ben says")).toHaveCount(1);
  await stillThere(ben);
  await anna.add("3", "Groceries", "comes");
  await ben.page.getByRole("button", { name: /new ↑/ }).click();
  await expect(ben.rows("comes")).toContainText("−3.00");
  await expect(ben.page.getByTestId("spent")).toContainText("18.00");
  await anna.context.close();
  await ben.context.close();
  await server.stop();
});
