import type { Reporter, Suite, TestCase } from "@playwright/test/reporter";
import { relative } from "node:path";

/** Lines of a message that are kept: what was expected, what was there, and the first places of the page. */
const LINES = 12;

const words = (text = "") =>
  text
    // biome-ignore lint: colours are control characters
    .replace(/\u001b\[[0-9;]*m/g, "")
    .split("\n")
    .filter((line) => line.trim())
    .slice(0, LINES)
    .map((line) => `      ${line.trim().slice(0, 200)}`)
    .join("\n");

/** Repeats each failure in a few lines at the very end, where the end of a long log shows it. */
export default class Failures implements Reporter {
  private suite?: Suite;

  onBegin(_: unknown, suite: Suite): void {
    this.suite = suite;
  }

  onEnd(): void {
    const failed = (test: TestCase) => test.outcome() === "unexpected";
    for (const test of this.suite?.allTests().filter(failed) ?? []) {
      const place = `${relative(process.cwd(), test.location.file)}:${test.location.line}`;
      for (const { error } of test.results) console.log(`\n    ${place} › ${test.title}\n      line ${error?.location?.line}\n${words(error?.message)}`);
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}
