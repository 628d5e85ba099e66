import { Server } from "../support/server";
import { expect, found, test } from "../support/fixtures";

test("the server is killed and comes back while two people work, and nothing is missing", async ({ browser }) => {
  const server = await Server.start();
  const { anna, ben } = await found(browser, server);
  await anna.openLive();
  await ben.openLive();
  await anna.add("1.01", "Groceries", "before");
  await expect(ben.rows("before")).toBeVisible();

  await server.kill("SIGKILL");
  await expect(ben.page.locator(".badge").filter({ hasText: /Offline since/ })).toBeVisible();
  await anna.add("2.02", "Groceries", "while it is away");
  await expect(anna.rows("while it is away")).toContainText("waiting…");
  await expect(anna.rows("while it is away").getByRole("alert"), "waiting is no fault").toHaveCount(0);

  await server.run();
  await expect(ben.page.locator(".badge-live")).toBeVisible();
  await expect(anna.page.locator(".badge-live")).toBeVisible();
  // Calls without an answer are resent automatically once the connection is back.
  await expect(ben.rows("while it is away")).toContainText("−2.02");
  await anna.add("3.03", "Groceries", "after");
  await expect(ben.rows("after")).toBeVisible();
  for (const person of [anna, ben]) {
    await expect(person.rows(/before|while it is away|after/)).toHaveCount(3);
    await expect(person.page.getByTestId("spent")).toContainText("6.06");
  }
  await anna.context.close();
  await ben.context.close();
  await server.stop();
});

test("a page that was away during many changes is up to date when it comes back", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await ben.context.setOffline(true);
  await anna.add("5", "Groceries", "one");
  await anna.add("6", "Groceries", "two");
  await expect(anna.rows(/one|two/)).toHaveCount(2);
  await ben.context.setOffline(false);
  await expect(ben.rows(/one|two/)).toHaveCount(2);
  await expect(ben.page.getByTestId("spent")).toContainText("11.00");
});

test("signing out ends the live page of that session", async ({ household: { anna } }) => {
  await anna.openLive();
  await anna.api("post", "/auth/logout");
  await expect(anna.page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
});
