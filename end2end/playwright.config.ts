import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";
import { installed, record, recorded, tolerance } from "./support/renderer";

// The headless shell draws pages without a window of the desktop behind them, which takes a third less processor time.
const system = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const chromium = process.env.CHROMIUM ?? system.find((path) => existsSync(path)) ?? system[0];
const [here, made] = [installed(chromium), recorded()];
const comparison = tolerance(here, made);
// Only once: each worker reads this file too.
if (process.env.TEST_WORKER_INDEX === undefined) {
  if (process.argv.some((argument) => argument.startsWith("--update-snapshots") || argument === "-u")) record(here);
  else if ("maxDiffPixelRatio" in comparison)
    console.log(
      `Pictures are compared with a tolerance of 2 % of their area: they were made with Chromium ${made?.chromium} and ${made?.font}, ` +
        `here are Chromium ${here.chromium} and ${here.font}.`,
    );
}

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // A test that passes only when repeated is a defect of the program or of the test.
  retries: 0,
  timeout: 60_000,
  expect: {
    timeout: 15_000,
    toHaveScreenshot: comparison,
  },
  // Snapshots lie in one folder, without a suffix for the operating system.
  snapshotPathTemplate: "{testDir}/../snapshots/{arg}{ext}",
  reporter: [["list"], ["./support/failures.ts"]],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    // A trace costs a fifth of the processor time; `make end2end ARGS="--trace retain-on-failure"` records one.
    trace: "off",
    launchOptions: {
      executablePath: existsSync(chromium) ? chromium : undefined,
      args: [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
        "--font-render-hinting=none",
      ],
    },
  },
});
