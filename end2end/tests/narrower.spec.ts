import { expect, test } from "../support/fixtures";
import { pictures } from "../support/pictures";

test("a window that is made narrower keeps the month that the plan's heading names and its tools change", async ({ household: { anna } }, info) => {
  await anna.open("/plan");
  await anna.live();
  const cell = anna.page.locator(".plan-cell.month-1 .plan-input").first();
  const id = await cell.getAttribute("id");
  await cell.click();
  await expect(anna.page.locator(".plan-month")).toHaveText("December 2026");
  await anna.page.setViewportSize({ width: 760, height: 900 });
  await expect(anna.page.locator(".plan-month")).toHaveText("December 2026");
  await expect(anna.page.locator(".month-name").filter({ visible: true })).toHaveText(["December 2026"]);
  await expect(anna.page.locator(`[id="${id}"]`)).toBeVisible();
  await pictures(anna.page, info, "plan", [[760, 900]]);
  await anna.page.setViewportSize({ width: 1440, height: 900 });
  await expect(anna.page.locator(".plan-month")).toHaveText("December 2026");
});

for (const width of [720, 860, 999]) {
  test(`a notice covers neither the tabs nor the badge of a window of ${width} px`, async ({ household: { anna, ben } }, info) => {
    const { today } = await anna.api<{ today: string }>("get", "/snapshot");
    const { items } = await anna.api<{ items: { id: string; name: string }[] }>("get", "/articles");
    const [center] = (await anna.api<{ items: { id: string }[] }>("get", "/financial-centers")).items;
    const article_id = items.find((row) => row.name === "Groceries")?.id;
    await anna.request.put(`${anna.server.url}/api/v1/plans/${article_id}/${today.slice(0, 7)}`, { data: { amount: "100" } });
    await anna.page.setViewportSize({ width, height: 900 });
    for (const [path, amount] of [["/", "-95"], ["/plan", "-10"]]) {
      await anna.open(path);
      await anna.live();
      await ben.api("post", "/facts", { amount, article_id, financial_center_id: center.id });
      const notice = anna.page.locator(".notices .toast").last();
      await expect(notice).toBeVisible();
      const over = await notice.boundingBox();
      const bar = await anna.page.locator(".bar").boundingBox();
      expect(over && bar && over.y >= bar.y + bar.height, path).toBe(true);
      await anna.page.screenshot({ path: info.outputPath(`notice${path.replace("/", "-")}-${width}.png`) });
    }
  });
}
