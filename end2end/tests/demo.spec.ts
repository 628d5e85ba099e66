import { randomUUID } from "node:crypto";
import { expect, Person, test } from "../support/fixtures";

test("two links make one browser Anna in one window and Ben in the other", async ({ browser, server }) => {
  const context = await browser.newContext();
  const key = randomUUID() + randomUUID();
  const [anna, ben] = [await context.newPage(), await context.newPage()];
  await anna.goto(`${server.url.replace("127.0.0.1", "localhost")}/demo/${key.slice(0, 40)}/anna`);
  await ben.goto(`${server.url}/demo/${key.slice(0, 40)}/ben`);
  const people = [new Person("Anna", context, anna, server), new Person("Ben", context, ben, server)] as const;
  for (const person of people) await person.live();
  await people[0].add("12.50", "Groceries", "at the market");
  await expect(people[1].rows("at the market")).toContainText("−12.50");
  await expect(people[1].rows("at the market").locator(".avatar")).toHaveText("A");

  const editor = (page: typeof anna) => page.getByRole("form", { name: "Edit the transaction" });
  for (const person of people) await person.rows("at the market").getByRole("button").click();
  await editor(anna).getByLabel("Amount").fill("-13");
  await editor(ben).getByLabel("Amount").fill("-14");
  await editor(ben).getByRole("button", { name: "Save" }).click();
  await expect(people[1].rows("at the market")).toContainText("−14.00");
  for (const person of [people[1], people[0]]) await person.upToDate();
  await editor(anna).getByRole("button", { name: "Save" }).click();
  const conflict = anna.getByText("Ben changed this while you were editing");
  await expect(conflict).toBeVisible();
  await expect(editor(anna).getByRole("row", { name: /Amount/ })).toContainText("−14.00");
  await expect(editor(anna).getByRole("row", { name: /Amount/ })).toContainText("−13.00");
  await editor(anna).getByRole("button", { name: "Keep mine" }).click();
  for (const person of people) await expect(person.rows("at the market")).toContainText("−13.00");
  await context.close();
});

test("sign-in leads a visitor into a demo household of their own", async ({ browser, server }) => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.url}/sign-in`);
  await page.getByRole("link", { name: "Explore the demo household" }).click();
  const second = await page.getByRole("link", { name: "Open as Ben" }).getAttribute("href");
  expect(second, "another host, so that a second person fits in this browser").toContain("localhost");
  await page.getByRole("button", { name: "Open as Anna" }).click();
  await expect(page.locator(".badge-live")).toBeVisible();
  await expect(page.getByRole("region", { name: "Transactions" }).getByRole("listitem")).toHaveCount(200);
  const third = await page.context().newPage();
  await third.goto(second ?? "");
  await expect(third.locator(".badge-live")).toBeVisible();
  await expect(third.getByText("The Sokolovs")).toBeVisible();
  await page.context().close();
});
