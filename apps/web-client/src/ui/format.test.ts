import { expect, test } from "vitest";
import { formatBytes, formatDuration, formatPercent, formatReal, plural } from "./format.ts";

test("[E34] amounts are shown with their units, and what is not known as a dash", () => {
  expect([0, 999, 1536, 999_600, 12_345_678].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "1.0 MB",
    "12.3 MB",
  ]);
  expect([0.7312, null].map(formatPercent)).toEqual(["73.1 %", "–"]);
  expect([0.5, 0.00012, 12_345, null].map(formatReal)).toEqual(["0.500", "1.20e-4", "1.23e+4", "–"]);
  expect([840, 59_600, 61_000, 7_260_000, null].map(formatDuration)).toEqual([
    "0.8 s",
    "1 min 0 s",
    "1 min 1 s",
    "2 h 1 min",
    "–",
  ]);
  expect([plural(1, "image"), plural(2, "class", "classes")]).toEqual(["1 image", "2 classes"]);
});
