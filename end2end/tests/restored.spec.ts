import { expect, found, type Person, test } from "../support/fixtures";
import { pictures } from "../support/pictures";
import { Server } from "../support/server";
import { editor, facts, lose, revise, waits, writes } from "../support/writes";

/** The row of a change of −41.41 to −41.42, of a transaction that the restored book does not have. */
async function unknown(anna: Person, server: Server) {
  const restore = await server.restorable();
  await anna.openLive();
  await anna.add("41.41", "Groceries", "bread");
  await anna.upToDate();
  await anna.page.route(writes, lose);
  await revise(anna, "bread", { Amount: "-41.42" });
  await expect(waits(anna, "bread")).toBeVisible();
  await restore();
  await anna.page.unroute(writes);
  const row = anna.rows("bread");
  await expect(row.getByRole("alert")).toContainText("Not saved: −41.42. The book was restored to an earlier state; this transaction is no longer in it.", { timeout: 20_000 });
  return row;
}

for (const how of ["corrected", "entered again as it is"])
  test(`a change of a transaction that a restored book does not have is ${how}`, async ({ browser }, info) => {
    const server = await Server.start();
    const { anna, ben } = await found(browser, server);
    const row = await unknown(anna, server);
    await expect(row.getByRole("button", { name: /Correct|again|Discard/ })).toHaveText(["Correct", "Enter it again", "Discard"]);
    await pictures(anna.page, info, "restored");
    if (how === "corrected") {
      await row.getByRole("button", { name: "Correct" }).click();
      await expect(editor(anna).getByLabel("Amount"), "what was typed last").toHaveValue("-41.42");
      await editor(anna).getByLabel("Amount").fill("-41.43");
      await editor(anna).getByLabel("Note").fill("bread, typed again");
      await editor(anna).getByRole("button", { name: "Save" }).click();
    } else {
      await row.getByRole("button", { name: "Enter it again" }).click();
    }
    const typed = how === "corrected" ? ["-41.43", "bread, typed again"] : ["-41.42", "bread"];
    await expect.poll(async () => (await facts(ben)).map(({ amount, comment }) => [amount, comment])).toEqual([typed]);
    await expect(anna.rows("bread").getByRole("alert")).toHaveCount(0);
    await expect(anna.rows("bread").locator(".row-amount")).toHaveText(typed[0].replace("-", "−"));
    await anna.context.close();
    await ben.context.close();
    await server.stop();
  });
