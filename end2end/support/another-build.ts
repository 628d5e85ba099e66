import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** The environment of a server whose pages belong to another build, of this name, than those of `target`, and how its files go away. */
export function anotherBuild(name = "another"): { env: NodeJS.ProcessEnv; remove: () => void } {
  const site = mkdtempSync(join(tmpdir(), "family-budget-site-"));
  cpSync(resolve(root, process.env.LEPTOS_SITE_ROOT ?? "target/run/site"), site, { recursive: true });
  const remove = () => rmSync(site, { recursive: true, force: true });
  const pkg = join(site, "pkg");
  // The release names its folder beside the hashes of the files; other builds are known by what they contain.
  const hashes = join(dirname(process.env.FAMILY_BUDGET_BINARY ?? ""), "hash.txt");
  if (process.env.LEPTOS_HASH_FILES === "true" && existsSync(resolve(root, hashes))) {
    const [before] = readdirSync(pkg);
    renameSync(join(pkg, before), join(pkg, name));
    writeFileSync(join(site, "hash.txt"), readFileSync(resolve(root, hashes), "utf8").replace(/^build: .*$/m, `build: ${name}`));
    // Leptos has one name for it beside a configuration file, and another one without.
    const file = join(site, "hash.txt");
    return { env: { LEPTOS_SITE_ROOT: site, LEPTOS_HASH_FILE: file, LEPTOS_HASH_FILE_NAME: file }, remove };
  }
  const sheet = join(pkg, "family-budget.css");
  writeFileSync(sheet, `${readFileSync(sheet, "utf8")}\n/* ${name} */\n`);
  return { env: { LEPTOS_SITE_ROOT: site }, remove };
}
