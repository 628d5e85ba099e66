import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What draws the pictures of the screens: another browser or font draws every letter a little differently. */
export interface Renderer {
  chromium: string;
  font: string;
}

const file = join(__dirname, "../snapshots/renderer.json");

const first = (command: string, args: string[]): string => {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
};

/** What is installed here. */
export function installed(chromium: string): Renderer {
  return {
    chromium: existsSync(chromium) ? (first(chromium, ["--version"]).match(/[\d.]{5,}/)?.[0] ?? "unknown") : "unknown",
    font: first("fc-match", ["--format", "%{family[0]} %{fontversion}", "system-ui"]),
  };
}

/** What the committed pictures were made with. */
export function recorded(): Renderer | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Renderer) : undefined;
}

/** Notes what new pictures are made with, beside them. */
export function record(renderer: Renderer): void {
  writeFileSync(file, `${JSON.stringify(renderer, null, 2)}\n`);
}

/**
 * How far a picture may differ. Under the renderer that made it, 200 pixels: a word that is another one is more
 * than that. Under another one, 2 % of the area: letters have other edges, but a column that moved is found.
 */
export function tolerance(here: Renderer, made: Renderer | undefined): { maxDiffPixels: number } | { maxDiffPixelRatio: number } {
  const same = made?.chromium === here.chromium && made.font === here.font;
  return same ? { maxDiffPixels: 200 } : { maxDiffPixelRatio: 0.02 };
}
