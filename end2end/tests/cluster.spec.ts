import { Cluster } from "../support/cluster";
import { expect, found, type Person, test } from "../support/fixtures";

test("two people on two processes see each other live while the processes are restarted one after the other", async ({ browser }) => {
  test.setTimeout(180_000);
  const cluster = await Cluster.start();
  try {
    const { anna, ben } = await found(browser, cluster);
    await anna.openLive();
    // Until the proxy has assigned him to the other process.
    await expect(async () => {
      await ben.openLive();
      expect(await cluster.screens()).toEqual([1, 1]);
    }).toPass();

    const notes: string[] = [];
    const both = async (who: Person) => {
      const note = `entry ${notes.length + 1}.`;
      notes.push(note);
      await who.add(`${notes.length},50`, "Groceries", note);
      for (const person of [anna, ben]) await expect(person.rows(note)).toHaveCount(1, { timeout: 30_000 });
    };
    await both(anna);
    await both(ben);
    await expect(anna.page.getByRole("list", { name: "Also here now" }).getByText("Ben")).toBeAttached();

    await cluster.roll();
    while (!cluster.rolled) {
      await both(anna);
      await both(ben);
    }
    await both(anna);
    await both(ben);
    for (const person of [anna, ben]) {
      await person.live();
      await expect(person.rows(/entry \d+\./)).toHaveCount(notes.length);
      const { items } = await person.api<{ items: { comment: string }[] }>("get", "/facts?limit=500");
      expect(items.map((fact) => fact.comment).sort()).toEqual([...notes].sort());
    }
    expect(notes.length, "something was entered while they were restarted").toBeGreaterThan(6);
    expect((await cluster.screens()).reduce((sum, count) => sum + count)).toBe(2);
    await anna.context.close();
    await ben.context.close();
  } finally {
    await cluster.stop();
  }
});
