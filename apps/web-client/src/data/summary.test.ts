import type { ImageDataset, ValueRowDataset } from "@tributary/model";
import { fashionMnistTask, type TableTask } from "@tributary/protocol";
import { expect, test } from "vitest";
import { inputNames, rowPreview } from "./row-preview.ts";
import { spreadIndices, spreadPerClass, summaryOf } from "./summary.ts";

const images: ImageDataset = {
  ...{ kind: "images", image: [4, 4, 1], classes: 3, count: 300 },
  pixels: Uint8Array.from({ length: 300 * 16 }, (_, at) => (at * 31 + (at >> 4)) % 251),
  labels: Uint8Array.from({ length: 300 }, (_, at) => (at < 200 ? 0 : 2)),
};

test("[E38] the summary counts every class and the part of it that is held out, the same one each time", () => {
  const rule = { share: 0.2, seed: 5 };
  const summary = summaryOf(images, rule);
  expect(summary.classes.map(({ count }) => count)).toEqual([200, 0, 100]);
  expect(summary.held).toBe(summary.classes.reduce((sum, { held }) => sum + held, 0));
  expect(summary.held).toBeGreaterThan(30);
  expect(summaryOf(structuredClone(images), rule)).toEqual(summary);
  expect(summaryOf(images, { ...rule, share: 0 }).held).toBe(0);
});

test("[E38] pictures shown come from all over each class", () => {
  expect(spreadIndices(10, 4)).toEqual([0, 2, 5, 7]);
  expect(spreadIndices(2, 16)).toEqual([0, 1]);
  expect(spreadPerClass(images.labels, 3, 2)).toEqual([[0, 100], [], [200, 250]]);
});

const scale = { mean: 10, std: 2 };
const task: TableTask = {
  kind: "table-regression",
  ...{ id: "prices", version: 1, texts: fashionMnistTask.texts, missingTexts: [] },
  columns: [
    { type: "number", name: "size", unit: "m2", range: null, transform: "none", missing: "flag", scale },
    { type: "category", name: "town", categories: ["A", "B"], other: true, missing: "refuse" },
  ],
  target: { column: "price", unit: "EUR", range: null, scale: { mean: 1000, std: 100 } },
  network: { kind: "mlp", hidden: [8] },
  evaluation: { holdOut: 0.2, headline: "rmse" },
};

test("[E38] rows are shown as the network sees them, with the names of its inputs and the answer in its unit", () => {
  expect(inputNames(task.columns)).toEqual(["size", "size is empty", "town = A", "town = B", "town = other"]);
  const rows: ValueRowDataset = {
    ...{ kind: "value-rows", features: 5, count: 2 },
    rows: Float32Array.of(0.5, 0, 1, 0, 0, Number.NaN, 1, 0, 0, 1),
    values: Float32Array.of(0.5, -1),
  };
  expect(rowPreview(task, rows).rows).toEqual([
    ["0.5", "0", "1", "0", "0", "1050 EUR"],
    ["empty", "1", "0", "0", "1", "900 EUR"],
  ]);
});
