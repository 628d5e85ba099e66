import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The browser and font that render the screenshots: others draw every letter a little differently. */
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

/** The installed ones. */
export function installed(chromium: string): Renderer {
  return {
    chromium: existsSync(chromium) ? (first(chromium, ["--version"]).match(/[\d.]{5,}/)?.[0] ?? "unknown") : "unknown",
    font: first("fc-match", ["--format", "%{family[0]} %{fontversion}", "system-ui"]),
  };
}

/** Those that made the committed screenshots. */
export function recorded(): Renderer | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Renderer) : undefined;
}

/** Records those that make new screenshots, beside them. */
export function record(renderer: Renderer): void {
  writeFileSync(file, `${JSON.stringify(renderer, null, 2)}\n`);
}

/**
 * The tolerated difference of a screenshot. With the same browser and font, 200 pixels: another word changes more
 * than that. With others, 2 % of the area: the edges of letters differ, but a moved column is detected.
 */
export function tolerance(here: Renderer, made: Renderer | undefined): { maxDiffPixels: number } | { maxDiffPixelRatio: number } {
  const same = made?.chromium === here.chromium && made.font === here.font;
  return same ? { maxDiffPixels: 200 } : { maxDiffPixelRatio: 0.02 };
}
