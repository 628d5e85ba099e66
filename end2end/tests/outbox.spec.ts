import { Book } from "../support/book";
import { expect, test } from "../support/fixtures";
import { heldFrames } from "../support/frames";
import { anotherPageAndBack, back, facts, lose, loseAnswer, revise, waits, writes } from "../support/writes";

test("a lost entry is repeated automatically, also after a change of page, and presence continues", async ({ household: { anna, ben } }) => {
  await anna.openLive();
  await ben.openLive();
  await anotherPageAndBack(anna);
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

test("pending changes move the list and every figure at once, and refused ones are taken out again", async ({ household: { anna, ben } }) => {
  const gifts = (await Book.of(ben)).articles.get("Gifts");
  const { today } = await ben.api<{ today: string }>("get", "/snapshot");
  const path = `/api/v1/plans/${gifts}/${today.slice(0, 7)}`;
  expect((await ben.request.put(ben.server.url + path, { data: { amount: "500" } })).ok()).toBeTruthy();
  await ben.api("post", "/facts", { amount: "-10", article_id: gifts, financial_center_id: (await ben.api<{ items: { id: string }[] }>("get", "/financial-centers")).items[0].id });
  // No frame arrives meanwhile: the page learns of the refusal from the response only.
  const frames = await heldFrames(anna.page);
  await anna.openLive();
  const figures = async (left: string, spent: string, day: string, balance: string) => {
    await expect(anna.page.getByTestId("spent")).toContainText(left);
    await expect(anna.page.locator(".figure-line").first()).toContainText(spent);
    await expect(anna.page.locator(".day-total").first()).toContainText(day);
    await expect(anna.page.locator(".balance-list")).toContainText(balance);
  };
  await figures("490.00", "10.00", "−10.00", "−10.00");
  frames.hold();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await anna.page.route(writes, async (route) => {
    await released;
    await route.continue();
  });
  await anna.add("4", "Gifts", "foreseen");
  await expect(anna.rows("foreseen")).toHaveCount(1);
  await figures("486.00", "14.00", "−14.00", "−14.00");
  await ben.api("patch", `/articles/${gifts}`, { archived: true });
  await figures("486.00", "14.00", "−14.00", "−14.00");
  release();
  await expect(anna.rows("foreseen").getByRole("alert")).toContainText("Not saved");
  await figures("490.00", "10.00", "−10.00", "−10.00");
  frames.release();
  await figures("490.00", "10.00", "−10.00", "−10.00");
});

test("pending changes stay when the book is loaded again", async ({ household: { anna, ben } }) => {
  let lost = () => {};
  await anna.page.routeWebSocket(/budget\/ws/, (page) => {
    page.connectToServer();
    // The server's frame for a page whose position belongs to another history.
    lost = () => page.close({ code: 4010 });
  });
  await anna.openLive();
  await anna.add("3", "Groceries", "there before");
  await expect(anna.rows("there before")).not.toContainText("saving…");
  await anna.page.route(writes, lose);
  await revise(anna, "there before", { Amount: "-3.50" });
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

test("an expected transaction recorded without a network waits, is not asked for twice, and is recorded once", async ({ household: { anna, ben } }) => {
  const { today } = await anna.api<{ today: string }>("get", "/snapshot");
  const [article] = (await anna.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
  const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
  await anna.api("post", "/recurring", { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: "milk", starts_on: today, every: 1, unit: "month", times: 1 });
  await anna.openLive();
  let aborted = () => {};
  const lost = new Promise<void>((resolve) => (aborted = resolve));
  await anna.page.route(writes, async (route) => {
    await loseAnswer(route);
    aborted();
  });
  const row = anna.page.getByRole("region", { name: "Expected" }).getByRole("listitem").filter({ hasText: "milk" });
  await row.getByRole("button", { name: "Record" }).click();
  await expect(anna.rows("milk")).toHaveCount(1);
  await lost;
  await back(anna);
  await expect(row).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.comment)).toEqual(["milk"]);
  await anna.page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toHaveCount(1);
  await expect.poll(() => facts(ben)).toEqual([]);
});

test("an entry that waits outlives the removal of whoever made its row", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.openLive(), ben.openLive()]);
  await ben.add("5", "Groceries", "of Ben");
  await expect(anna.rows("of Ben")).toHaveCount(1);
  await anna.page.route(writes, lose);
  await revise(anna, "of Ben", { Amount: "-6" });
  await expect(waits(anna, "of Ben")).toBeVisible();
  const { items } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/members");
  await anna.api("delete", `/members/${items.find((row) => row.name === "Ben")?.id}`);
  await back(anna);
  await expect(waits(anna, "of Ben")).toHaveCount(0);
  await expect(anna.rows("of Ben").getByRole("alert")).toHaveCount(0);
  const [{ id }] = await facts(anna);
  expect((await anna.api<{ amount: string }>("get", `/facts/${id}`)).amount).toBe("-6.00");
});
