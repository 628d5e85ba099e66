import type { Page } from "@playwright/test";
import { expect, type Person } from "../support/fixtures";
import { hasWorker, keepsBook, test } from "../support/phone";
import { facts, loseAnswer, revise, waits, writes } from "../support/writes";

const badge = (page: Page) => page.getByRole("button", { name: /Connection/ });
const onDevice = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });

async function isAway({ page }: Person): Promise<void> {
  await expect(badge(page)).toContainText("Offline");
}

test("two edits of one row without a network arrive as the last one, and so does the correction of an entry whose answer was lost", async ({ home: { anna, ben }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  await anna.add("5", "Groceries", "edited twice");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await keepsBook(anna);
  // Its answer is lost, and so is the change that a live page would receive.
  let isCut = true;
  await anna.page.routeWebSocket(/budget\/ws/, (socket) => void (isCut || socket.connectToServer()));
  await anna.open("/");
  await anna.page.route(writes, loseAnswer);
  await anna.add("6", "Gifts", "answer lost");
  await expect(waits(anna, "answer lost")).toBeVisible();
  await expect(onDevice(anna.page)).toBeAttached();
  expect((await facts(ben)).length).toBe(2);
  await own.kill();
  await anna.page.unroute(writes);
  isCut = false;
  await anna.open("/");
  await isAway(anna);
  await revise(anna, "answer lost", { Amount: "-7", Note: "answer lost, corrected" });
  await revise(anna, "edited twice", { Amount: "-8" });
  await expect(anna.rows("edited twice")).toContainText("−8.00");
  await revise(anna, "edited twice", { Amount: "-9", Note: "edited twice, and once more" });
  for (const note of ["answer lost, corrected", "edited twice, and once more"]) await expect(waits(anna, note)).toBeVisible();
  await expect(onDevice(anna.page)).toBeAttached();
  await anna.page.reload();
  await isAway(anna);
  await expect(anna.rows("edited twice, and once more")).toContainText("−9.00");
  await expect(anna.rows("answer lost, corrected")).toContainText("−7.00");
  await own.run();
  await anna.live();
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  await ben.openLive();
  await expect(ben.rows("answer lost, corrected")).toContainText("−7.00");
  await expect(ben.rows("edited twice, and once more")).toContainText("−9.00");
  expect((await facts(ben)).map((fact) => fact.amount).sort()).toEqual(["-7.00", "-9.00"]);
  await expect(anna.page.getByRole("alert").filter({ visible: true })).toHaveCount(0);
  await keepsBook(anna);
});

test("a hundred entries that wait without a network arrive once, in the order in which they were made", async ({ home: { anna, ben }, own }) => {
  test.slow();
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  await own.kill();
  await anna.open("/");
  await isAway(anna);
  const notes = Array.from({ length: 100 }, (_, at) => `entry ${String(at).padStart(3, "0")}`);
  for (const note of notes) await anna.add("1", "Groceries", note);
  await expect(badge(anna.page)).toContainText("100 waiting");
  await expect(onDevice(anna.page)).toBeAttached();
  await anna.page.reload();
  await expect(badge(anna.page)).toContainText("100 waiting");
  await expect(anna.page.getByTestId("spent")).toContainText("100.00");
  await own.run();
  await anna.live();
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  const { items } = await ben.api<{ items: { comment: string }[] }>("get", "/facts?limit=500");
  expect(items.map((fact) => fact.comment).reverse()).toEqual(notes);
});
