import { defineConfig } from "@playwright/test";
import { existsSync } from "node:fs";

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // A test that passes at the second try is a defect of the program or of the test.
  retries: 0,
  timeout: 60_000,
  expect: {
    timeout: 15_000,
    // Another Chromium may draw an edge a little differently; a word that is another one is more than that.
    toHaveScreenshot: { maxDiffPixels: 200 },
  },
  // Beside each other, whatever system they were made on.
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
