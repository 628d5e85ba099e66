// Puts the parts of the program beside its script, and the loader of the parts into the script, so that a page asks for
// no further file before it starts.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const [parts, script, build] = process.argv.slice(2);
/** Replaces what stands there once, and fails where the tools write something else. */
const replaced = (text, what, by) => {
  const found = typeof what === "string" ? text.split(what).length - 1 : [...text.matchAll(new RegExp(what, "gm"))].length;
  if (found !== 1) throw new Error(`once expected, found ${found} times: ${what}`);
  return text.replace(what, () => by);
};

let loader = readFileSync(join(parts, "__wasm_split.js"), "utf8");
for (const file of readdirSync(parts).filter((file) => file.endsWith(".wasm"))) {
  const named = `${file.replace(/\.wasm$/, "").replace(/^split_/, "")}-${build}.wasm`;
  copyFileSync(join(parts, file), join(dirname(script), named));
  // The rest of the page goes first: nobody waits for the parts that are loaded ahead.
  loader = replaced(loader, `new URL("./${file}", import.meta.url)`, `new URL("./${named}", import.meta.url), { priority: "low" }`);
}
loader = replaced(loader, /^import \{ initSync \} from .*$/m, "");
const names = [...loader.matchAll(/^export const (\w+) =/gm)].map(([, name]) => name);
loader = loader.replaceAll(/^export const /gm, "const ");

// One import for each function of the loader.
const imported = /^import \* as (\w+) from "\.\/__wasm_split\.js";?\n/gm;
const program = readFileSync(script, "utf8");
const modules = [...program.matchAll(imported)].map(([, module]) => module);
if (modules.length === 0) throw new Error("the program asks for no part");
const joined = modules.map((module) => `const ${module} = { ${names.join(", ")} };`).join("\n");
writeFileSync(script, `${program.replaceAll(imported, "")}\n${loader}\n${joined}\n`);
