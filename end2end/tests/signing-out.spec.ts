import { stores } from "../support/device";
import { expect, found, test } from "../support/fixtures";
import { looksRight } from "../support/look";
import { another, emailOf, fillCopies, kept, question, sending, signIn, signOut, withTwoWaiting } from "../support/signing-out";
import { facts, lose, revise, waits, writes } from "../support/writes";

test("signing out with nothing waiting asks nothing and leaves no copy of the book on the device", async ({ household: { anna } }) => {
  await anna.openLive();
  await fillCopies(anna.page);
  await anna.page.goto(`${anna.server.url}/settings`);
  await signOut(anna);
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(await stores(anna.page)).toEqual([0, 0, 0]);
});

test("what is kept on the device at signing out is sent after the same person signs in again", async ({ household: { anna, ben } }, info) => {
  const email = await emailOf(anna);
  await withTwoWaiting(anna);
  await fillCopies(anna.page);
  await signOut(anna);
  await expect(question(anna)).toContainText("Changes waiting on this device to be sent: 2");
  await expect(question(anna).getByText("Changes that were not saved")).toBeHidden();
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`question-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, [], { language: "en", axe: true }, "the question before signing out");
  await question(anna).getByRole("button", { name: "Cancel" }).click();
  await expect(question(anna)).toBeHidden();
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Keep on this device" }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(await stores(anna.page)).toEqual([2, 0, 0]);
  await anna.context.unroute(writes);
  await signIn(anna, email);
  await anna.live();
  await ben.openLive();
  for (const note of ["first", "second"]) await expect(ben.rows(note)).toHaveCount(1);
  await expect.poll(() => stores(anna.page)).toEqual([0, 0, 0]);
});

test("what is discarded at signing out stays away, whatever another tab knows of it", async ({ household: { anna, ben } }) => {
  const email = await emailOf(anna);
  await withTwoWaiting(anna);
  const second = await another(anna);
  await second.openLive();
  await expect(waits(second, "first")).toBeVisible();
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Discard them" }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.rows("first")).toHaveCount(0);
  await anna.context.unroute(writes);
  await signIn(anna, email);
  await anna.live();
  await anna.add("6", "Groceries", "after it");
  await ben.openLive();
  await expect(ben.rows("after it")).toHaveCount(1);
  expect((await facts(ben)).map((fact) => fact.comment)).toEqual(["after it"]);
  expect(await stores(anna.page)).toEqual([0, 0, 0]);
});

test("what was entered after the numbers were shown is not discarded, and asked about again", async ({ household: { anna, ben } }, info) => {
  await withTwoWaiting(anna);
  const second = await another(anna);
  await second.openLive();
  await signOut(anna);
  await expect(question(anna)).toContainText("Changes waiting on this device to be sent: 2");
  await second.add("6", "Groceries", "third");
  await expect(waits(second, "third")).toBeVisible();
  await expect.poll(() => stores(anna.page)).toEqual([3, 0, 0]);
  await question(anna).getByRole("button", { name: "Discard them" }).click();
  await expect(question(anna).getByRole("alert")).toContainText("Nothing was discarded");
  await expect(question(anna)).toContainText("Changes waiting on this device to be sent: 3");
  expect(await stores(anna.page)).toEqual([3, 0, 0]);
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`again-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, [], { language: "en", axe: true }, "the question once more");
  await question(anna).getByRole("button", { name: "Discard them" }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(second.rows("third")).toHaveCount(0);
  expect(await stores(anna.page)).toEqual([0, 0, 0]);
  expect((await facts(ben)).length).toBe(0);
});

test("what waits is sent before signing out, with its progress", async ({ household: { anna, ben } }, info) => {
  await withTwoWaiting(anna);
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Send now" }).click();
  await expect(sending(anna)).toContainText("0 of 2 sent");
  for (const [width, scheme] of [[390, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`sending-${width}-${scheme}.png`) });
  }
  await anna.context.unroute(writes);
  await anna.page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(await stores(anna.page)).toEqual([0, 0, 0]);
  await ben.openLive();
  for (const note of ["first", "second"]) await expect(ben.rows(note)).toHaveCount(1);
});

test("what cannot be sent before signing out is named, and can be kept or discarded", async ({ household: { anna, ben } }, info) => {
  await anna.openLive();
  await anna.add("5", "Groceries", "theirs");
  await expect(anna.rows("saving…")).toHaveCount(0);
  await anna.context.route(writes, lose);
  await revise(anna, "theirs", { Amount: "-6" });
  await expect(waits(anna, "theirs")).toBeVisible();
  await expect(kept(anna)).toBeAttached();
  const [{ id }] = await facts(ben);
  await ben.api("patch", `/facts/${id}`, { amount: "-7" });
  await anna.page.goto(`${anna.server.url}/settings`);
  await anna.context.unroute(writes);
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Send now" }).click();
  await expect(sending(anna)).toContainText("1 entry was not saved:");
  await expect(sending(anna).getByRole("listitem")).toContainText("Groceries −6.00. Not saved. Ben changed this");
  await expect(sending(anna).getByRole("status").filter({ hasText: "Not everything could be sent" })).toHaveCount(1);
  for (const [width, scheme] of [[390, "light"], [390, "dark"], [1440, "light"], [1440, "dark"]] as const) {
    await anna.page.setViewportSize({ width, height: 844 });
    await anna.page.emulateMedia({ colorScheme: scheme });
    await anna.page.screenshot({ path: info.outputPath(`refused-${width}-${scheme}.png`) });
  }
  await looksRight(anna.page, [], { language: "en", axe: true }, "not everything could be sent");
  await sending(anna).getByRole("button", { name: "Keep or discard them…" }).click();
  await expect(question(anna)).toContainText("Changes that were not saved: 1");
  await expect(question(anna).getByText("Changes waiting on this device")).toBeHidden();
  await question(anna).getByRole("button", { name: "Discard them" }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  expect(await stores(anna.page)).toEqual([0, 0, 0]);
  expect((await facts(ben)).map((fact) => fact.amount)).toEqual(["-7.00"]);
});

test("the person may stay signed in while what waits is sent", async ({ household: { anna } }) => {
  await withTwoWaiting(anna);
  await signOut(anna);
  await question(anna).getByRole("button", { name: "Send now" }).click();
  await sending(anna).getByRole("button", { name: "Stay signed in" }).click();
  await expect(sending(anna)).toBeHidden();
  await anna.context.unroute(writes);
  await anna.page.reload();
  await anna.live();
  await expect(anna.rows("first")).not.toContainText("waiting…");
  await expect(sending(anna)).toHaveCount(0);
});

test("the question and the progress are in Russian too", async ({ browser, server }, info) => {
  const { anna, ben } = await found(browser, server, { locale: "ru-RU" });
  await anna.open("/");
  await anna.synchronised();
  await anna.context.route(writes, lose);
  const form = anna.page.getByRole("form", { name: "Новая операция" });
  await form.getByLabel("Сумма").fill("4");
  await form.getByLabel("Категория").selectOption({ index: 1 });
  await form.getByRole("button", { name: "Записать", exact: true }).click();
  await expect(anna.page.getByText("ждёт отправки…").first()).toBeVisible();
  await expect(anna.page.locator("#connection").getByText("Хранится на этом устройстве.", { exact: true })).toBeAttached();
  await anna.page.setViewportSize({ width: 390, height: 844 });
  await anna.page.screenshot({ path: info.outputPath("row-ru.png") });
  await anna.page.goto(`${anna.server.url}/settings`);
  await anna.page.getByRole("button", { name: "Выйти", exact: true }).click();
  const dialog = anna.page.getByRole("dialog", { name: "Выйти, не отправив всё?" });
  await expect(dialog).toContainText("Изменения на этом устройстве, которые ждут отправки: 1");
  await anna.page.screenshot({ path: info.outputPath("question-ru.png") });
  await looksRight(anna.page, [], { language: "ru", axe: true }, "the question in Russian");
  await dialog.getByRole("button", { name: "Отправить сейчас" }).click();
  await expect(anna.page.getByRole("dialog", { name: "Отправка перед выходом" })).toContainText("Отправлено 0 из 1");
  await anna.page.screenshot({ path: info.outputPath("sending-ru.png") });
  await anna.context.close();
  await ben.context.close();
});

test("deleting the household says only what would be lost with this household", async ({ household: { anna }, browser, server, locale }) => {
  const other = await found(browser, server, { locale });
  const lost = (name: string) => anna.page.getByRole("region", { name }).getByText("These changes would be lost with it:");
  await withTwoWaiting(anna);
  await expect(lost("Delete the household")).toBeVisible();
  await expect(lost("Delete your account")).toBeVisible();
  const { url } = await anna.api<{ url: string }>("post", "/invites");
  await other.anna.page.goto(url);
  await other.anna.page.getByRole("button", { name: "Join" }).click();
  await other.anna.live();
  await other.anna.context.route(writes, lose);
  await other.anna.add("6", "Groceries", "in the other household");
  await expect(kept(other.anna)).toBeAttached();
  // She founded the first one, so that she may delete it.
  await other.anna.page.goto(`${server.url}/settings`);
  await other.anna.page.getByRole("button", { name: "Open" }).click();
  await other.anna.live();
  await other.anna.page.goto(`${server.url}/settings`);
  const warns = (name: string) => other.anna.page.getByRole("region", { name }).getByText("These changes would be lost with it:");
  // The script of the page asks for both, and for this one last.
  await expect(warns("Delete your account")).toBeVisible();
  await expect(warns("Delete the household")).toBeHidden();
  await other.anna.context.close();
  await other.ben.context.close();
});
