import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixtures";
import { listen, looksRight } from "../support/look";

const PASSWORD = "correct horse";
const NEW = "another fine password";

const members = (page: Page) => page.getByRole("region", { name: "Members" });

const shots = async (page: Page, name: string, path: (file: string) => string) => {
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    await page.screenshot({ path: path(`${name}-${width}-${scheme}.png`), fullPage: true });
  }
};

test("open links are listed, and can be revoked by their maker or the owner", async ({ household: { anna, ben } }, info) => {
  const said = listen(anna.page);
  await ben.open("/household");
  await members(ben.page).getByRole("button", { name: "Make a link" }).click();
  const his = members(ben.page).getByRole("listitem").filter({ hasText: "Invitation by Ben" });
  await expect(his).toContainText("7 days left");
  await anna.open("/household");
  await members(anna.page).getByRole("button", { name: "Make a link" }).click();
  await expect(members(anna.page).getByRole("listitem").filter({ hasText: "Invitation by" })).toHaveCount(2);
  await shots(anna.page, "links", (file) => info.outputPath(file));
  await looksRight(anna.page, said, { language: "en" }, "links are open");
  await members(anna.page).getByRole("button", { name: "Withdraw: Invitation by Ben" }).click();
  await expect(members(anna.page).getByRole("listitem").filter({ hasText: "Invitation by" })).toHaveCount(1);
  // The maker of a link sees it disappear at once, and cannot revoke the owner's.
  await expect(members(ben.page).getByRole("listitem").filter({ hasText: "Invitation by Ben" })).toHaveCount(0);
  await expect(members(ben.page).getByRole("listitem").filter({ hasText: "Invitation by Anna" })).toHaveCount(1);
  await expect(members(ben.page).getByRole("button", { name: /^Withdraw/ })).toHaveCount(0);
  await members(anna.page).getByRole("button", { name: "Withdraw: Invitation by Anna" }).click();
  await expect(members(anna.page).getByLabel("Invitation link"), "the link that works no more").toHaveCount(0);
  await expect(members(anna.page).getByText("Open links")).toHaveCount(0);
});

test("open links are up to date on every open screen when made, revoked or used; password links for the owner only", async ({ household: { anna, ben }, browser }) => {
  const window = { ...anna, page: await anna.context.newPage() };
  const links = (page: Page, text: string) => members(page).getByRole("listitem").filter({ hasText: text });
  await Promise.all([anna.open("/household"), ben.open("/household"), window.page.goto(`${anna.server.url}/household`)]);
  for (const page of [anna.page, ben.page, window.page]) await expect(page.locator(".badge-live")).toBeVisible();

  // An invitation by either person is on every screen until it is revoked.
  const link = members(ben.page).getByLabel("Invitation link");
  await members(ben.page).getByRole("button", { name: "Make a link" }).click();
  for (const page of [anna.page, ben.page, window.page]) await expect(links(page, "Invitation by Ben")).toHaveCount(1);
  const first = await link.inputValue();
  await members(window.page).getByRole("button", { name: "Withdraw: Invitation by Ben" }).click();
  for (const page of [anna.page, ben.page, window.page]) await expect(links(page, "Invitation by Ben")).toHaveCount(0);

  // A password link is shown to the owner only: in her other window, and nowhere else.
  const asked: string[] = [];
  // The parts of the program that come while the page is idle have nothing to do with it.
  ben.page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/pkg/")) asked.push(pathname);
  });
  await members(anna.page).getByRole("button", { name: "New password: Ben" }).click();
  await members(anna.page).getByRole("button", { name: "Make the link" }).click();
  await expect(links(window.page, "New password for Ben")).toHaveCount(1);
  await members(window.page).getByRole("button", { name: "Withdraw: New password for Ben" }).click();
  await expect(links(anna.page, "New password for Ben")).toHaveCount(0);
  expect(asked, "his page is not even told").toEqual([]);

  // Used by a person who is on none of these screens.
  await members(ben.page).getByRole("button", { name: "Make a link" }).click();
  for (const page of [anna.page, window.page]) await expect(links(page, "Invitation by Ben")).toHaveCount(1);
  const context = await browser.newContext();
  // The others may hear of it before his page has the link.
  await expect(link).not.toHaveValue(first);
  const invite = (await link.inputValue()).split("/join/")[1];
  const form = { name: "Carl", email: `carl-${randomUUID()}@example.org`, password: PASSWORD, invite };
  expect((await context.request.post(`${anna.server.url}/api/v1/auth/register`, { data: form })).ok()).toBe(true);
  for (const page of [anna.page, ben.page, window.page]) await expect(links(page, "Invitation by")).toHaveCount(0);
  await expect(link, "the link that works no more").toHaveCount(0);
  await expect(links(anna.page, "Carl")).toHaveCount(1);

  // A link that was made while a screen was away is there when the screen is back.
  await anna.context.setOffline(true);
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(anna.page.locator(".badge-live")).toHaveCount(0);
  await ben.api("post", "/invites");
  await anna.context.setOffline(false);
  await expect(links(anna.page, "Invitation by Ben")).toHaveCount(1);
  await context.close();
});

test("a household is handed over, on every open screen at once", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.open("/household"), ben.open("/household")]);
  await expect(members(anna.page).getByRole("button", { name: "Leave this household" })).toHaveCount(0);
  await members(anna.page).getByRole("button", { name: "Make owner: Ben" }).click();
  await expect(members(anna.page).getByText("Only Ben can undo that")).toBeVisible();
  await members(anna.page).getByRole("group").getByRole("button", { name: "Make owner" }).click();
  await expect(members(anna.page).getByRole("button", { name: "Leave this household" })).toBeVisible();
  await expect(members(anna.page).getByRole("button", { name: /^Make owner/ })).toHaveCount(0);
  await expect(members(ben.page).getByRole("button", { name: "Make owner: Anna" })).toBeVisible();
  await expect(members(ben.page).getByRole("listitem").filter({ hasText: "Ben" })).toContainText("owner");
});

test("somebody locked out sets a new password by the owner's link", async ({ household: { anna, ben }, browser }, info) => {
  const { email } = await ben.api<{ email: string }>("get", "/auth/me");
  await Promise.all([anna.open("/household"), ben.openLive()]);
  await members(anna.page).getByRole("button", { name: "New password: Ben" }).click();
  await members(anna.page).getByRole("button", { name: "Make the link" }).click();
  const link = members(anna.page).getByLabel("New password for Ben", { exact: true });
  await expect(link).toBeFocused();
  const url = await link.inputValue();
  await expect(members(anna.page).getByRole("listitem").filter({ hasText: "New password for Ben" })).toContainText("24 hours left");
  await shots(anna.page, "password-link", (file) => info.outputPath(file));
  const context = await browser.newContext({ locale: "ru-RU" });
  const page = await context.newPage();
  const said = listen(page);
  await page.goto(url);
  await shots(page, "password", (file) => info.outputPath(file));
  await looksRight(page, said, { language: "ru" }, "a new password by a link");
  await page.getByRole("textbox", { name: "Новый пароль" }).fill(NEW);
  await page.getByRole("button", { name: "Сохранить пароль" }).click();
  await expect(page.getByRole("status")).toHaveText("Пароль сохранён. Войдите с ним.");
  await expect(ben.page.getByRole("dialog", { name: "Signed out" }), "his open page is told").toBeVisible();
  await page.getByLabel("Почта").fill(email);
  await page.getByLabel("Пароль").fill(NEW);
  await page.getByRole("button", { name: "Войти" }).click();
  await expect(page.locator(".badge-live")).toBeVisible();
  await page.goto(url);
  // In his own language, now that he is signed in.
  await expect(page.getByRole("alert")).toContainText("This link was used or has ended.");
  await context.close();
});

test("a household is deleted by its name, announced on every screen, and the deletion is cancelled", async ({ household: { anna, ben } }, info) => {
  const { household } = await anna.api<{ household: { name: string } }>("get", "/auth/me");
  await ben.openLive();
  await anna.page.goto(`${anna.server.url}/settings`);
  const said = listen(anna.page);
  await shots(anna.page, "settings", (file) => info.outputPath(file));
  await looksRight(anna.page, said, { language: "en" }, "deleting is offered");
  const form = anna.page.getByRole("form", { name: "Delete the household" });
  await form.getByLabel("Type its name to confirm").fill("Somebody else's");
  await form.getByRole("button", { name: "Delete the household" }).click();
  await expect(form.getByText("This is not the name of the household")).toBeVisible();
  await form.getByLabel("Type its name to confirm").fill(household.name);
  await form.getByRole("button", { name: "Delete the household" }).click();
  const bar = ben.page.getByText(/^This household will be deleted on \d+ \w+( \d+)? and takes no changes until then\.$/);
  await expect(bar).toBeVisible();
  await shots(ben.page, "closed", (file) => info.outputPath(file));
  await shots(anna.page, "closed-settings", (file) => info.outputPath(file));
  await anna.page.getByRole("button", { name: "Keep the household" }).click();
  await expect(anna.page.getByText("The household stays")).toBeVisible();
  await expect(bar).toHaveCount(0);
});

test("an account is deleted with its password, and the others see its person leave", async ({ household: { anna, ben } }) => {
  await Promise.all([anna.open("/household"), ben.openLive()]);
  const page = await ben.page.context().newPage();
  await page.goto(`${ben.server.url}/settings`);
  const form = page.getByRole("form", { name: "Delete your account" });
  await form.getByLabel("Password").fill(PASSWORD);
  await form.getByRole("button", { name: "Delete your account" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(ben.page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
  await expect(members(anna.page).getByText("Ben")).toHaveCount(0);
});

test("an invitation is not forgotten by signing in", async ({ browser, server, household: { anna } }) => {
  const { url } = await anna.api<{ url: string }>("post", "/invites");
  const context = await browser.newContext();
  const page = await context.newPage();
  const email = `carl-${Date.now()}@example.org`;
  const form = { name: "Carl", email, password: "correct horse", household: "Carl's" };
  expect((await context.request.post(`${server.url}/api/v1/auth/register`, { data: form })).ok()).toBeTruthy();
  await context.clearCookies();
  await page.goto(url);
  await page.getByRole("link", { name: "Already registered? Sign in" }).click();
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Join with your account" }).click();
  await expect(page.getByText("The Sokolovs").first()).toBeVisible();
  await context.close();
});
