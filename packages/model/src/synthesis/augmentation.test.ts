import fc from "fast-check";
import { expect, test } from "vitest";
import { createRng } from "../rng.ts";
import { augment, augmentAdjoint, drawAugmentation } from "./augmentation.ts";
import type { ImageBatchShape } from "./image-batch.ts";

const inner = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

test("[N8] every drawn augmentation keeps the shape and has the right adjoint, whatever the image's shape", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 4, max: 12 }),
        fc.integer({ min: 4, max: 12 }),
      ),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      ([count, height, width], channels, seed) => {
        const shape: ImageBatchShape = [count, height, width, channels];
        const rng = createRng(seed);
        const normals = () =>
          Float32Array.from({ length: count * height * width * channels }, () => rng.normal());
        const draw = drawAugmentation(shape, rng);
        const name = draw.map(({ op }) => op).join("+");
        seen.set(name, (seen.get(name) ?? 0) + 1);
        const [x, cotangent] = [normals(), normals()];
        const copy = x.slice();
        // Brightness makes the map affine: its value at 0 is subtracted.
        const atZero = augment(new Float32Array(x.length), shape, draw);
        const left = inner(augment(x, shape, draw), cotangent) - inner(atZero, cotangent);
        expect(left).toBeCloseTo(inner(x, augmentAdjoint(cotangent, shape, draw)), 3);
        expect(x).toEqual(copy);
      },
    ),
    { numRuns: 300, seed: 1 },
  );
  expect([...seen.keys()].sort()).toEqual([
    "brightness+saturation+contrast",
    "crop",
    "cutout",
    "flip",
    "rotate",
    "scale",
  ]);
  for (const count of seen.values()) expect(count).toBeGreaterThan(25);
});

test("[N8] draws stay within the published ranges", () => {
  const shape: ImageBatchShape = [6, 28, 28, 1];
  const rng = createRng(3);
  for (let i = 0; i < 200; i++) {
    for (const drawn of drawAugmentation(shape, rng)) {
      if (drawn.op === "crop")
        expect(Math.max(...[...drawn.rows, ...drawn.cols].map(Math.abs))).toBeLessThan(5);
      if (drawn.op === "cutout") expect(drawn.size).toBe(14);
      if (drawn.op === "scale") {
        expect(Math.min(...drawn.sx, ...drawn.sy)).toBeGreaterThanOrEqual(1 / 1.2);
        expect(Math.max(...drawn.sx, ...drawn.sy)).toBeLessThanOrEqual(1.2);
      }
      if (drawn.op === "rotate") {
        expect(Math.max(...drawn.radians.map(Math.abs))).toBeLessThanOrEqual(Math.PI / 12);
      }
    }
  }
});

test("[N8] an image of one pixel a side keeps it under every scale and angle", () => {
  const shape: ImageBatchShape = [1, 1, 1, 2];
  const x = Float32Array.of(3, -2);
  for (const draw of [
    { op: "scale", sx: [1.2], sy: [0.9] } as const,
    { op: "rotate", radians: [0.2] } as const,
  ]) {
    expect(augment(x, shape, [draw])).toEqual(x);
    expect(augmentAdjoint(x, shape, [draw])).toEqual(x);
  }
});
