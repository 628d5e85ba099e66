import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";
import { installed, record, recorded, tolerance } from "./support/renderer";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
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
  reporter: [["list"]],
  use: {
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
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
