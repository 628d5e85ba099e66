import { expect, type Person, test } from "../support/fixtures";
import { back, held, lose, writes } from "../support/writes";

interface Row {
  id: string;
  name: string;
}

/** The three kinds of rows of the household page that have a form: where they are, and a field of them. */
const kinds = [
  { what: "category", region: "Categories", row: "Gifts", form: "Edit the category", field: "Name", path: "/articles", key: "name", texts: ["Presents", "Donations", "Gift box"] },
  { what: "account", region: "Accounts", row: "Card", form: "Edit the account", field: "Name", path: "/financial-centers", key: "name", texts: ["Bank card", "Debit card", "Plastic"] },
  { what: "recurring entry", region: "Recurring", row: "milk", form: "Edit recurring entry", field: "Note", path: "/recurring", key: "comment", texts: ["oat milk", "goat milk", "rice milk"] },
];
type KindOfRow = (typeof kinds)[number];

const form = ({ page }: Person, { form }: KindOfRow) => page.getByRole("form", { name: form });
const list = ({ page }: Person, { region }: KindOfRow) => page.getByRole("region", { name: region });
const row = (person: Person, kind: KindOfRow, text: string) => list(person, kind).getByRole("button", { name: new RegExp(text) });

/** The id of the row of this kind; a recurring entry is made first. */
async function prepared(person: Person, { path, row, key }: KindOfRow): Promise<string> {
  const read = async () => (await person.api<{ items: (Row & { comment: string })[] }>("get", path)).items;
  if (path === "/recurring") {
    const { today } = await person.api<{ today: string }>("get", "/snapshot");
    const [article] = (await person.api<{ items: { id: string; kind: string }[] }>("get", "/articles")).items.filter((row) => row.kind === "expense");
    const [center] = (await person.api<{ items: Row[] }>("get", "/financial-centers")).items;
    await person.api("post", path, { amount: "-9", article_id: article.id, financial_center_id: center.id, comment: row, starts_on: today, every: 1, unit: "month" });
  }
  return (await read()).find((one) => one[key as "name" | "comment"] === row)?.id ?? "";
}

for (const kind of kinds) {
  const { what, texts, field, path, key } = kind;

  test(`the form of the ${what} closes at once, and a second change begins with the first`, async ({ household: { anna, ben } }) => {
    await anna.page.clock.install();
    const id = await prepared(ben, kind);
    await anna.open("/household");
    await anna.live();
    const release = await held(anna);
    await row(anna, kind, kind.row).click();
    await form(anna, kind).getByLabel(field).fill(texts[0]);
    await form(anna, kind).getByRole("button", { name: "Save" }).click();
    await expect(form(anna, kind)).toHaveCount(0);
    await expect(list(anna, kind)).toContainText("saving…");
    await expect(row(anna, kind, texts[0])).toBeFocused();
    await row(anna, kind, texts[0]).press("Enter");
    await expect(form(anna, kind).getByLabel(field)).toHaveValue(texts[0]);
    await form(anna, kind).getByLabel(field).fill(texts[1]);
    await form(anna, kind).getByRole("button", { name: "Save" }).click();
    await expect(row(anna, kind, texts[1])).toBeVisible();
    release();
    await expect.poll(async () => (await ben.api<Record<string, string>>("get", `${path}/${id}`))[key]).toBe(texts[1]);
    await expect(list(anna, kind).getByText("saving…")).toHaveCount(0);
    await expect(list(anna, kind).getByRole("alert")).toHaveCount(0);
  });

  test(`a change of the ${what} that is refused comes back to its row, and is decided between both versions`, async ({ household: { anna, ben } }) => {
    const id = await prepared(ben, kind);
    await anna.open("/household");
    await anna.live();
    let now = kind.row;
    for (const [theirs, ends] of [[texts[1], "Discard"], [texts[2], "Look at both"]]) {
      await anna.page.route(writes, lose);
      await row(anna, kind, now).click();
      await form(anna, kind).getByLabel(field).fill(texts[0]);
      await form(anna, kind).getByRole("button", { name: "Save" }).click();
      await expect(list(anna, kind)).toContainText("waiting…");
      await ben.api("patch", `${path}/${id}`, { [key]: theirs });
      await back(anna);
      const refused = list(anna, kind).getByRole("alert");
      await expect(refused).toContainText("Not saved");
      await expect(refused, "every conflict names the person").toContainText("Ben changed this meanwhile. Look at both and choose.");
      await refused.getByRole("button", { name: ends }).click();
      if (ends === "Discard") await expect(row(anna, kind, theirs)).toBeVisible();
      now = theirs;
    }
    await expect(form(anna, kind).getByLabel(field), "what was typed is still here").toHaveValue(texts[0]);
    const conflict = form(anna, kind).locator(".conflict");
    await expect(conflict).toBeFocused();
    await expect(conflict).toContainText("Ben changed this while you were editing");
    await expect(conflict.getByRole("columnheader")).toHaveText(["Ben", "Yours"]);
    await expect(conflict.getByRole("row", { name: field }).getByRole("cell")).toHaveText([texts[2], texts[0]]);
    await expect(conflict.getByRole("button")).toHaveText(["Keep mine", "Keep Ben's"]);
    // Two values are no error, and the other one is said once.
    await expect(form(anna, kind).locator("[aria-invalid]")).toHaveCount(0);
    await expect(form(anna, kind).getByText(texts[2])).toHaveCount(1);
    await conflict.getByRole("button", { name: "Keep mine" }).click();
    await expect(form(anna, kind)).toHaveCount(0);
    await expect(row(anna, kind, texts[0])).toBeVisible();
    await expect.poll(async () => (await ben.api<Record<string, string>>("get", `${path}/${id}`))[key]).toBe(texts[0]);
    await expect(list(anna, kind).getByRole("alert")).toHaveCount(0);
  });

  test(`Escape closes the form of the ${what} in which nothing is typed, and keeps what is typed`, async ({ household: { anna, ben } }) => {
    await prepared(ben, kind);
    await anna.open("/household");
    await row(anna, kind, kind.row).click();
    await form(anna, kind).getByLabel(field).press("Escape");
    await expect(form(anna, kind)).toHaveCount(0);
    await expect(row(anna, kind, kind.row)).toBeFocused();
    await row(anna, kind, kind.row).press("Enter");
    await form(anna, kind).getByLabel(field).fill(texts[0]);
    await form(anna, kind).getByLabel(field).press("Escape");
    await expect(form(anna, kind).getByRole("alert").filter({ hasText: "Not saved yet" })).toBeVisible();
    await expect(form(anna, kind).getByLabel(field)).toHaveValue(texts[0]);
    await expect(form(anna, kind).getByRole("button", { name: "Save" })).toBeFocused();
    await form(anna, kind).getByRole("button", { name: "Cancel" }).click();
    await expect(row(anna, kind, kind.row)).toBeVisible();
  });
}

test("two people change different fields of a category, and neither is asked", async ({ household: { anna, ben } }) => {
  const [kind] = kinds;
  const id = await prepared(ben, kind);
  await anna.open("/household");
  await anna.live();
  await anna.page.route(writes, lose);
  await row(anna, kind, "Gifts").click();
  await form(anna, kind).getByLabel("Name").fill("Presents");
  await form(anna, kind).getByRole("button", { name: "Save" }).click();
  await expect(list(anna, kind)).toContainText("waiting…");
  await ben.api("patch", `/articles/${id}`, { icon: "book" });
  await back(anna);
  await expect.poll(async () => {
    const { name, icon } = await ben.api<{ name: string; icon: string }>("get", `/articles/${id}`);
    return { name, icon };
  }).toEqual({ name: "Presents", icon: "book" });
  await expect(list(anna, kind).getByRole("alert")).toHaveCount(0);
});

test("a category that somebody deletes while its form is filled in keeps what was typed, and can be restored with it", async ({ household: { anna, ben } }) => {
  const [kind] = kinds;
  const id = await prepared(ben, kind);
  await anna.open("/household");
  await anna.live();
  await row(anna, kind, "Gifts").click();
  await form(anna, kind).getByLabel("Name").fill("Presents");
  await ben.api("delete", `/articles/${id}`);
  await anna.upToDate();
  await expect(form(anna, kind).getByText("Deleted while you were editing")).toBeVisible();
  await expect(form(anna, kind).getByLabel("Name")).toHaveValue("Presents");
  await form(anna, kind).getByRole("button", { name: "Restore with my change" }).click();
  await expect(form(anna, kind)).toHaveCount(0);
  await expect(row(anna, kind, "Presents")).toBeVisible();
  await expect.poll(async () => (await ben.api<Row>("get", `/articles/${id}`)).name).toBe("Presents");
});
