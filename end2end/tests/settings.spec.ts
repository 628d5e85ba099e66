import { expect, test } from "../support/fixtures";

test("a chosen theme applies to every page without a flash of the other one", async ({ household: { anna } }) => {
  const { page } = anna;
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto(`${anna.server.url}/settings`);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await expect.poll(background, "once the style sheet is there").toBe("rgb(251, 250, 247)");
  await page.getByRole("radio", { name: "Dark" }).check({ force: true });
  await page.getByRole("form", { name: "You" }).getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
  await expect.poll(background, "once the style sheet is there").toBe("rgb(21, 24, 27)");
  // Before any program runs: the server renders it.
  for (const path of ["/", "/household", "/settings"]) {
    const html = await (await anna.request.get(anna.server.url + path)).text();
    expect(html).toContain('data-theme="dark"');
    expect(html).toContain('<meta name="theme-color" content="#15181b"');
  }
  await anna.open("/");
  await expect.poll(background, "once the style sheet is there").toBe("rgb(21, 24, 27)");
});

test("name, colour and language are one's own, and the others see them at once", async ({ household: { anna, ben } }) => {
  await ben.open("/household");
  await anna.page.goto(`${anna.server.url}/settings`);
  const form = anna.page.getByRole("form", { name: "You" });
  await form.getByLabel("Your name").fill("Zoë");
  await form.getByRole("radio", { name: "Colour 5" }).check({ force: true });
  await form.getByRole("radio", { name: "Русский" }).check({ force: true });
  await form.getByRole("button", { name: "Save" }).click();
  await expect(anna.page.getByRole("heading", { name: "Настройки" })).toBeVisible();
  const row = ben.page.getByRole("region", { name: "Members" }).getByRole("listitem").filter({ hasText: "Zoë" });
  await expect(row.locator(".avatar")).toHaveClass(/colour-4/);
  await anna.open("/");
  await expect(anna.page.getByRole("link", { name: "Сегодня" })).toBeVisible();
  await expect(anna.page).toHaveTitle(/Сегодня/);
});

test("the household's name and currency change on every open screen", async ({ household: { anna, ben } }) => {
  await ben.openLive();
  await anna.page.goto(`${anna.server.url}/settings`);
  const form = anna.page.getByRole("form", { name: "Household" });
  await form.getByLabel("Name of the household").fill("The Lighthouse");
  await form.getByLabel("Currency").selectOption("CHF");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(ben.page.getByText("The Lighthouse")).toBeVisible();
  await expect(ben.page.getByTestId("spent")).toContainText("CHF");
});

test("a lost phone is signed out remotely, and its open page says so", async ({ household: { anna }, browser }) => {
  const phone = await browser.newContext({ storageState: undefined, userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1" });
  const { email } = await anna.api<{ email: string }>("get", "/auth/me");
  const page = await phone.newPage();
  await page.goto(`${anna.server.url}/sign-in`);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill("correct horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.locator(".badge-live")).toBeVisible();
  await anna.page.goto(`${anna.server.url}/settings`);
  const device = anna.page.getByRole("listitem").filter({ hasText: "Safari · iPhone" });
  await expect(device).toContainText("seen just now");
  await device.getByRole("button", { name: "Sign out: Safari · iPhone" }).click();
  await expect(device).toHaveCount(0);
  await expect(page.getByRole("dialog", { name: "Signed out" })).toBeVisible();
  await phone.close();
});
