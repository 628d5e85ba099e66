import type { Page } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { anotherBuild } from "../support/another-build";
import { keys, put } from "../support/device";
import { expect } from "../support/fixtures";
import { hasWorker, keepsBook, test } from "../support/phone";
import { back, facts, lose, waits, writes } from "../support/writes";

const build = (page: Page) => page.evaluate(() => document.documentElement.dataset.build);
const onDevice = (page: Page) => page.locator("#connection").getByText("Kept on this device.", { exact: true });

/** The records of earlier builds, which some device may still have. */
const earlier = readFileSync(resolve(__dirname, "../../app/src/outbox/tests/golden/earlier.jsonl"), "utf8").trim().split("\n");

test("a page of a newer build opens and sends what earlier builds have kept, each once", async ({ home: { anna, ben }, own }) => {
  await anna.openLive();
  await hasWorker(anna.page);
  await keepsBook(anna);
  const before = await build(anna.page);
  const { me, articles, financial_centers } = await anna.api<{ me: string; articles: { id: string; name: string }[]; financial_centers: { id: string }[] }>("get", "/snapshot");
  await own.kill();
  await anna.add("5", "Groceries", "of the build before");
  await expect(waits(anna, "of the build before")).toBeVisible();
  await expect(onDevice(anna.page)).toBeAttached();
  // As a build has stored it that wrote the fields that were not given.
  const [[account, household]] = await keys(anna.page, "outbox");
  const id = randomUUID();
  const record = JSON.parse(earlier[0]);
  const of = { article_id: articles.find((row) => row.name === "Gifts")?.id, financial_center_id: financial_centers[0].id, comment: "of a build long before" };
  Object.assign(record, { member: me, rows: [[{ fact: id }, "any"]] });
  Object.assign(record.command.with, { ...of, id, amount: "-12.5", date: "2026-11-25" });
  record.foreseen = record.foreseen.map((fact: object) => ({ ...fact, ...of, id, date: "2026-11-25", group: null, created_by: me, updated_by: me }));
  await put(anna.page, "outbox", [account, household, id], JSON.stringify(record));
  const another = anotherBuild("newer");
  await anna.context.route(writes, lose);
  own.also = { FAMILY_BUDGET_SERVICE_WORKER: "on", ...another.env };
  await own.run();
  await anna.openLive();
  expect(await build(anna.page)).not.toBe(before);
  for (const [note, amount] of [["of the build before", "−5.00"], ["of a build long before", "−12.50"]]) {
    await expect(waits(anna, note)).toBeVisible();
    await expect(anna.rows(note)).toContainText(amount);
  }
  await anna.context.unroute(writes);
  await back(anna);
  await ben.openLive();
  await expect(ben.rows("of the build before")).toContainText("−5.00");
  await expect(ben.rows("of a build long before")).toContainText("−12.50");
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  expect((await facts(ben)).map((fact) => fact.comment).sort()).toEqual(["of a build long before", "of the build before"]);
  await keepsBook(anna);
  another.remove();
});
