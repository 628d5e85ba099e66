import type { Page, Route } from "@playwright/test";
import { expect, type Person, test } from "../support/fixtures";

/** The calls by which a page changes the book: of this version, and of the one before it. */
const writes = /\/api\/ui\/(write|record_fact|revise_fact|delete_fact)$/;

const lose = (route: Route) => route.abort();

const editor = (person: Person) => person.page.getByRole("form", { name: "Edit the transaction" });

const waits = (person: Person, text: string) => person.rows(text).getByText("Waiting…");

/** The network is back: what waits goes at once, however long its pause is by now. */
async function back({ page }: Person): Promise<void> {
  await page.unroute(writes);
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
}

const facts = async (person: Person) => (await person.api<{ items: { id: string; version: number; comment: string }[] }>("get", "/facts")).items;

async function anotherPageAndBack(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Household" }).click();
  await expect(page.getByRole("heading", { name: "Categories" })).toBeVisible();
  await page.getByRole("link", { name: "Today" }).click();
  await expect(page.getByRole("form", { name: "Add a transaction" })).toBeVisible();
}

test("a lost entry is sent again by itself, also after a change of page, and presence goes on", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anotherPageAndBack(anna.page);
  await anna.page.route(writes, lose, { times: 1 });
  await anna.add("7", "Groceries", "lost once");
  await expect(ben.rows("lost once")).toContainText("−7.00");
  await expect(waits(anna, "lost once")).toHaveCount(0);
  await expect(anna.rows("lost once").getByRole("alert")).toHaveCount(0);
  await anna.rows("lost once").getByRole("button").click();
  await expect(ben.rows("lost once")).toContainText("Anna is editing", { timeout: 5_000 });
});

test("a call that hangs is given up after ten seconds and sent again, although the page is live", async ({ household: { anna, ben } }) => {
  await anna.page.clock.install();
  await anna.openLive();
  await ben.openLive();
  await anna.page.route(writes, () => {}, { times: 1 });
  await anna.add("8", "Groceries", "hangs");
  await expect(anna.rows("hangs")).toContainText("saving…");
  await anna.page.clock.fastForward(11_000);
  await expect(waits(anna, "hangs")).toBeVisible();
  await anna.page.clock.fastForward(2_000);
  await expect(ben.rows("hangs")).toContainText("−8.00");
  await expect(waits(anna, "hangs")).toHaveCount(0);
  expect((await facts(anna)).length, "once").toBe(1);
});

test("deleting a row whose lost answer has arrived meanwhile deletes it on the server", async ({ household: { anna } }) => {
  const held: (string | Buffer)[] = [];
  let hold = false;
  let pass = (_: string | Buffer) => {};
  await anna.page.routeWebSocket(/budget\/ws/, (page) => {
    const server = page.connectToServer();
    pass = (message) => page.send(message);
    server.onMessage((message) => (hold ? held.push(message) : pass(message)));
  });
  await anna.openLive();
  hold = true;
  await anna.page.route(writes, lose);
  await anna.page.route(
    writes,
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await anna.add("9", "Groceries", "arrives late");
  await expect(anna.rows("arrives late")).toContainText(/Waiting…|Not saved/);
  await anna.rows("arrives late").getByRole("button").first().click();
  await expect(editor(anna)).toBeVisible();
  hold = false;
  held.forEach(pass);
  await anna.page.unroute(writes);
  await editor(anna).getByRole("button", { name: "Delete" }).click();
  await expect(anna.rows("arrives late")).toHaveCount(0);
  await expect.poll(() => facts(anna)).toEqual([]);
});

test("a deletion without an answer is done once there is one, and can be taken back before", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  for (const note of ["stays", "goes"]) {
    await anna.add("1", "Groceries", note);
    await expect(ben.rows(note)).toHaveCount(1);
  }
  await anna.page.route(writes, lose);
  for (const note of ["goes", "stays"]) {
    await anna.rows(note).getByRole("button").click();
    await editor(anna).getByRole("button", { name: "Delete" }).click();
    await expect(anna.rows(note)).toHaveCount(0);
  }
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(anna.rows("stays")).toContainText("Waiting…");
  await back(anna);
  await expect(ben.rows("goes")).toHaveCount(0);
  await expect(waits(anna, "stays")).toHaveCount(0);
  await expect(ben.rows("stays")).toHaveCount(1);
  expect((await facts(anna)).map((fact) => fact.comment)).toEqual(["stays"]);
});

test("a change of a row that somebody deletes meanwhile is refused, said in both places, and kept until it is discarded", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anna.add("5", "Groceries", "contested");
  await expect(ben.rows("contested")).toHaveCount(1);
  await anna.page.route(writes, lose);
  await anna.rows("contested").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("contested")).toContainText("−6.00");
  await expect(waits(anna, "contested")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("delete", `/facts/${id}`);
  await expect(ben.rows("contested")).toHaveCount(0);
  await expect(anna.rows("contested"), "what was typed is still here").toContainText("−6.00");
  await back(anna);
  const refused = anna.rows("contested").getByRole("alert");
  await expect(refused).toContainText("Not saved");
  await anna.page.getByRole("button", { name: /Connection/ }).click();
  const popover = anna.page.locator("#connection");
  await expect(popover).toContainText("Nothing is waiting to be sent.");
  await expect(popover).toContainText("1 entry was not accepted:");
  await expect(popover.getByRole("listitem")).toContainText("Groceries −6.00");
  await popover.getByRole("button", { name: "Discard" }).click();
  await expect(popover.getByRole("listitem")).toHaveCount(0);
  await expect(anna.rows("contested")).toHaveCount(0);
});

test("an entry in a category that is merged away meanwhile can be corrected, on whichever page that was", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.page.route(writes, lose);
  await anna.add("4", "Gifts", "for whom");
  await expect(waits(anna, "for whom")).toBeVisible();
  await anotherPageAndBack(anna.page);
  const { items } = await ben.api<{ items: { id: string; name: string }[] }>("get", "/articles");
  const article = (name: string) => items.find((row) => row.name === name)?.id;
  await ben.api("post", `/articles/${article("Gifts")}/merge`, { into: article("Groceries") });
  await back(anna);
  await expect(anna.rows("for whom").getByRole("alert")).toContainText("Not saved");
  await anna.rows("for whom").getByRole("button", { name: "Correct" }).click();
  await editor(anna).getByLabel("Category").selectOption({ label: "Groceries" });
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows("for whom")).toContainText("Groceries");
  await expect(anna.rows("for whom").getByRole("alert")).toHaveCount(0);
  await expect.poll(async () => (await facts(ben)).map((fact) => fact.comment)).toEqual(["for whom"]);
});

test("what waits stays when the book is read anew", async ({ household: { anna, ben } }) => {
  let lost = () => {};
  await anna.page.routeWebSocket(/budget\/ws/, (page) => {
    page.connectToServer();
    // What the server says to a page whose position another history has replaced.
    lost = () => page.close({ code: 4010 });
  });
  await anna.openLive();
  await anna.add("3", "Groceries", "there before");
  await expect(anna.rows("there before")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await anna.rows("there before").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-3.50");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await anna.add("4", "Gifts", "new");
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toBeVisible();
  const read = anna.page.waitForResponse("**/api/ui/open_book*");
  lost();
  await read;
  await anna.live();
  await expect(anna.rows("there before")).toContainText("−3.50");
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toBeVisible();
  await back(anna);
  for (const text of ["there before", "new"]) await expect(waits(anna, text)).toHaveCount(0);
  await ben.openLive();
  await expect(ben.rows("there before")).toContainText("−3.50");
  await expect(ben.rows("new")).toHaveCount(1);
  expect((await facts(ben)).map((fact) => fact.version).sort()).toEqual([1, 2]);
});

test("a conflict that is answered after its form is gone is shown when the row is corrected", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "both");
  await expect(anna.rows("both")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await anna.rows("both").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-6");
  await editor(anna).getByRole("button", { name: "Save" }).click();
  await expect(waits(anna, "both")).toBeVisible();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await back(anna);
  await expect(anna.rows("both").getByRole("alert")).toContainText("Not saved");
  await anna.rows("both").getByRole("button", { name: "Correct" }).click();
  const conflict = editor(anna).locator(".conflict");
  await expect(conflict).toContainText("7.00");
  await expect(conflict).toContainText("6.00");
  await conflict.getByRole("button", { name: "Keep mine" }).click();
  await expect(editor(anna)).toBeHidden();
  await expect.poll(async () => (await anna.api<{ amount: string }>("get", `/facts/${id}`)).amount).toBe("-6.00");
});
