import { beforeAll, expect, test } from "vitest";
import { openWasm } from "../node/open-wasm.ts";
import { chunkLength, multiplyAddsOf } from "./chunks.ts";

beforeAll(() => openWasm());

const published = {
  kind: "convnet" as const,
  image: [28, 28, 1] as [number, number, number],
  classes: 10,
  width: 128,
  depth: 3,
};

test("[N30] a pass takes as many images as its multiply-adds allow, and at least one", () => {
  // Three convolutions at 32 x 32, 16 x 16 and 8 x 8 pixels, and the dense layer.
  const convolutions = 9 * 128 * (32 ** 2 + 16 ** 2 * 128 + 8 ** 2 * 128);
  expect(multiplyAddsOf(published)).toBe(convolutions + 4 * 4 * 128 * 10);
  const lengths = (["logits", "gradient", "tangent"] as const).map((pass) => chunkLength(published, pass));
  expect(lengths).toEqual([15, 15, 7]);
  expect(chunkLength({ ...published, image: [224, 224, 3], width: 512 }, "tangent")).toBe(1);
  const linear = { kind: "mlp", input: [28, 28, 1], outputs: 10, loss: "cross-entropy", hidden: [] } as const;
  expect(chunkLength({ ...linear, input: [784], hidden: [] }, "gradient")).toBeGreaterThan(1000);
});
