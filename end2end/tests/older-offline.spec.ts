import { expect, type Person } from "../support/fixtures";
import { keptFacts, note, seed } from "../support/older";
import { hasWorker, keepsBook, storedNumbers, test } from "../support/phone";

const bottom = (person: Person) => person.page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
const id = async (person: Person, at: number) => {
  const { today } = await person.api<{ today: string }>("get", "/snapshot");
  const day = new Date(Date.parse(today) - Math.floor(at / 10) * 24 * 3_600_000).toISOString().slice(0, 10);
  const { items } = await person.api<{ items: { id: string; comment: string }[] }>("get", `/facts?from=${day}&to=${day}`);
  return items.find((fact) => fact.comment === note(at))?.id;
};

test("a page without a network lists more than a thousand transactions as they were received last, and signing out leaves none of them", async ({ home: { anna, ben }, own }, info) => {
  test.slow();
  await seed(ben, 1_300);
  const read: string[] = [];
  anna.page.on("request", (request) => request.url().endsWith("/api/ui/older_facts") && read.push(request.url()));
  // The keys that the program writes into the copy of the book.
  await anna.page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    const written: string[] = [];
    Object.assign(window, { written });
    IDBObjectStore.prototype.put = function (value, key) {
      if (this.name === "book" && Array.isArray(key) && key.length === 3) written.push(String(key[2]));
      return put.call(this, value, key);
    };
  });
  await anna.openLive();
  await hasWorker(anna.page);
  await expect.poll(() => keptFacts(anna.page)).toEqual({ facts: 1_100, days: 90 });
  await keepsBook(anna);
  expect(read.length).toBe(2);
  // A change of an old one is stored, and of its day only that.
  const written = () => anna.page.evaluate(() => (window as unknown as { written: string[] }).written.splice(0));
  await written();
  await ben.api("patch", `/facts/${await id(ben, 905)}`, { comment: "corrected by Ben" });
  await keepsBook(anna);
  expect((await written()).filter((name) => name !== "older").length).toBe(1);
  await ben.api("delete", `/facts/${await id(ben, 903)}`);
  await keepsBook(anna);
  // Another page of the same book does not read them once more.
  await anna.page.reload();
  await anna.live();
  await keepsBook(anna);
  expect(read.length).toBe(2);
  await own.kill();
  const begun = Date.now();
  await anna.open("/");
  console.log(`a page over a copy of a thousand transactions starts within ${Date.now() - begun} ms`);
  await expect(anna.page.getByRole("button", { name: /Connection/ })).toContainText("Offline");
  await expect(anna.rows(note(0))).toHaveCount(1);
  await expect(anna.rows(note(500))).toHaveCount(0);
  const all = anna.page.getByRole("region", { name: "Transactions" }).getByRole("listitem");
  await expect(async () => {
    await bottom(anna);
    await expect(anna.rows(note(1_099))).toHaveCount(1, { timeout: 100 });
  }).toPass();
  await expect(all).toHaveCount(1_099);
  await expect(anna.rows("corrected by Ben")).toHaveCount(1);
  await expect(anna.rows(note(903))).toHaveCount(0);
  await expect(anna.page.getByText("Older transactions are not shown here.")).toBeVisible();
  await expect(anna.page.getByRole("button", { name: /new/ })).toHaveCount(0);
  await anna.page.screenshot({ path: info.outputPath("end-of-the-list.png") });
  // One of them can be changed.
  await anna.rows(note(990)).getByRole("button").click();
  await anna.page.getByRole("form", { name: "Edit the transaction" }).getByLabel("Amount").fill("-7");
  await anna.page.getByRole("form", { name: "Edit the transaction" }).getByRole("button", { name: "Save" }).click();
  await expect(anna.rows(note(990))).toContainText("waiting…");
  await own.run();
  await anna.live();
  await expect(anna.rows(/waiting…|saving…/)).toHaveCount(0);
  await keepsBook(anna);
  await expect.poll(() => keptFacts(anna.page)).toMatchObject({ facts: 1_099 });
  await anna.page.goto(`${own.url}/settings`);
  await anna.page.getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(anna.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect.poll(() => storedNumbers(anna.page)).toEqual([0, 0, 0]);
});
