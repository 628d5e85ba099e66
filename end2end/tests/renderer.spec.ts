import { expect, test } from "@playwright/test";
import { recorded, tolerance } from "../support/renderer";

test("snapshots are compared strictly only with the browser and font that made them", () => {
  const made = { chromium: "156.0.1", font: "Noto Sans 131334" };
  expect(tolerance(made, made)).toEqual({ maxDiffPixels: 200 });
  for (const other of [{ ...made, chromium: "157.0.0" }, { ...made, font: "DejaVu Sans 1" }, undefined]) {
    expect(tolerance(made, other)).toEqual({ maxDiffPixelRatio: 0.02 });
  }
  expect(recorded(), "the pictures say what made them").toEqual({ chromium: expect.stringMatching(/^[\d.]+$/), font: expect.stringMatching(/\S/) });
});
