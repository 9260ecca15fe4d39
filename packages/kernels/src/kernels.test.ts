import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { referenceGradient } from "../testing/reference.ts";
import type { KernelInstance } from "./instance.ts";
import { RELAXED_SIMD_PROBE } from "./instance.ts";
import { createKernels, type Kernels, noHelpers } from "./kernels.ts";
import { compileModule, instantiate } from "./node/web-assembly.ts";
import { type ConvNetShape, parameterCount } from "./shape.ts";

const builds: readonly (readonly [string, Kernels])[] = [
  ["this Node's best build", createKernels(instantiate(compileModule()), "simd", noHelpers())],
  ["the plain build", createKernels(plainInstance(), "simd", noHelpers())],
];

function plainInstance(): KernelInstance {
  const bytes = readFileSync(new URL("../wasm/kernels.wasm", import.meta.url));
  return instantiate({ compiled: new WebAssembly.Module(bytes), instructions: "simd" });
}

/** Any small network: odd sides, filters that are no multiple of 4, one to four channels. */
const shapes: fc.Arbitrary<ConvNetShape> = fc
  .record({
    height: fc.integer({ min: 1, max: 13 }),
    width: fc.integer({ min: 1, max: 13 }),
    channels: fc.integer({ min: 1, max: 4 }),
    filters: fc.integer({ min: 1, max: 19 }),
    depth: fc.integer({ min: 1, max: 6 }),
    classes: fc.integer({ min: 1, max: 11 }),
    firstPadding: fc.constantFrom(1 as const, 3 as const),
  })
  .map((shape) => {
    const least = Math.min(shape.height, shape.width) + 2 * shape.firstPadding - 2;
    return { ...shape, depth: Math.min(shape.depth, Math.floor(Math.log2(least))) };
  })
  .filter(({ depth }) => depth >= 1);

/** Rows longer than a chunk of pixels in both blocks; see assembly/kernel-gradient.ts. */
const wideShape: ConvNetShape = {
  height: 5,
  width: 602,
  channels: 2,
  filters: 9,
  depth: 2,
  classes: 2,
  firstPadding: 1,
};

const tinyShape: ConvNetShape = {
  height: 4,
  width: 5,
  channels: 1,
  filters: 3,
  depth: 1,
  classes: 2,
  firstPadding: 1,
};

type Problem = {
  readonly theta: Float32Array;
  readonly direction: Float32Array;
  readonly images: Float32Array;
  readonly labels: Float32Array;
};

function problem(shape: ConvNetShape, count: number, seed: number): Problem {
  let state = seed >>> 0 || 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const values = (length: number, scale: number) => Float32Array.from({ length }, () => uniform() * scale);
  const parameters = parameterCount(shape);
  return {
    theta: values(parameters, 0.7),
    direction: values(parameters, 0.5),
    images: values(count * shape.height * shape.width * shape.channels, 1.5),
    labels: values(count * shape.classes, 1).map((value) => value + 0.5),
  };
}

/** |actual - expected| against |expected|, where the latter is no smaller than rounding makes it. */
function error(actual: ArrayLike<number>, expected: ArrayLike<number>, floor: number): number {
  let [difference, norm] = [0, floor ** 2];
  for (let i = 0; i < expected.length; i++) {
    difference += ((actual[i] as number) - (expected[i] as number)) ** 2;
    norm += (expected[i] as number) ** 2;
  }
  return actual.length === expected.length ? Math.sqrt(difference / norm) : Number.POSITIVE_INFINITY;
}

const wide = (values: Float32Array) => Float64Array.from(values);

for (const [name, kernels] of builds) {
  test(`[K1] logits, loss and gradient are those of a float64 reference for any shape (${name})`, () => {
    let [odd, ragged] = [0, 0];
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 5 }), fc.integer(), (shape, count, seed) => {
        const { theta, images, labels } = problem(shape, count, seed);
        const expected = referenceGradient(shape, wide(theta), wide(images), wide(labels));
        const { loss, gradient, logits } = kernels.gradient(shape, theta, images, labels);
        expect(error([loss], [expected.loss], 0.1)).toBeLessThan(1e-4);
        expect(error(logits, expected.logits, 0.1)).toBeLessThan(1e-4);
        expect(error(gradient, expected.theta, 0.01)).toBeLessThan(1e-3);
        expect(kernels.logits(shape, theta, images)).toEqual(logits);
        if ((shape.height | shape.width) % 2 === 1) odd++;
        if (shape.filters % 8 !== 0) ragged++;
      }),
      // 70 images: groups of three, the last one smaller.
      {
        numRuns: 60,
        seed: 1,
        examples: [
          [wideShape, 1, 3],
          [tinyShape, 70, 4],
        ],
      },
    );
    expect(Math.min(odd, ragged)).toBeGreaterThan(15);
  });

  test(`[K2] the tangent is the derivative of the reference's gradients along the direction (${name})`, () => {
    let compared = 0;
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 3 }), fc.integer(), (shape, count, seed) => {
        const { theta, direction, images, labels } = problem(shape, count, seed);
        const epsilon = 1e-6;
        const at = (step: number) => {
          const moved = wide(theta).map((value, i) => value + step * (direction[i] as number));
          return referenceGradient(shape, moved, wide(images), wide(labels));
        };
        const [before, here, after] = [at(-epsilon), at(0), at(epsilon)];
        const along = (part: "theta" | "images" | "labels") =>
          after[part].map((value, i) => (value - (before[part][i] as number)) / (2 * epsilon));
        const slope = direction.reduce((sum, value, i) => sum + value * (here.theta[i] as number), 0);

        const tangent = kernels.tangent(shape, theta, direction, images, labels);
        expect(error([tangent.slope], [slope], 0.1)).toBeLessThan(1e-3);
        expect(error(tangent.theta, along("theta"), 0.1)).toBeLessThan(1e-3);
        expect(error(tangent.images, along("images"), 0.1)).toBeLessThan(1e-3);
        expect(error(tangent.labels, along("labels"), 0.1)).toBeLessThan(1e-3);
        compared++;
      }),
      {
        numRuns: 40,
        seed: 2,
        examples: [
          [wideShape, 2, 3],
          [tinyShape, 70, 4],
        ],
      },
    );
    expect(compared).toBe(40);
  });
}

test("[K7] inputs that are not finite give a loss that is not finite and leave nothing behind, and large logits do not overflow", () => {
  const kernels = createKernels(instantiate(compileModule()), "simd", noHelpers());
  const { theta, direction, images, labels } = problem(tinyShape, 3, 5);
  const all = () => ({
    logits: kernels.logits(tinyShape, theta, images),
    gradient: kernels.gradient(tinyShape, theta, images, labels),
    tangent: kernels.tangent(tinyShape, theta, direction, images, labels),
  });
  const before = all();
  for (const strange of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const broken = images.with(7, strange);
    expect(kernels.gradient(tinyShape, theta, broken, labels).loss).toBeNaN();
    expect(kernels.tangent(tinyShape, theta, direction, broken, labels).slope).toBeNaN();
    expect(kernels.gradient(tinyShape, theta.with(0, strange), images, labels).loss).toBeNaN();
    expect(all()).toEqual(before);
  }
  const steep = theta.map((value) => value * 1e9);
  const { loss, gradient } = kernels.gradient(tinyShape, steep, images, labels);
  expect([loss, ...gradient].every(Number.isFinite)).toBe(true);
});

test("[K3] arrays and shapes that do not fit are refused with what they are", () => {
  const kernels = createKernels(instantiate(compileModule()), "simd", noHelpers());
  const shape = {
    height: 4,
    width: 4,
    channels: 1,
    filters: 2,
    depth: 1,
    classes: 3,
    firstPadding: 1,
  } as const;
  const { theta, images, labels } = problem(shape, 2, 1);
  expect(() => kernels.gradient(shape, theta.subarray(1), images, labels)).toThrow(
    `expected ${theta.length} values in theta, got ${theta.length - 1}`,
  );
  expect(() => kernels.logits(shape, theta, images.subarray(1))).toThrow(
    "expected images of 16 values each, got 31 values",
  );
  expect(() => kernels.logits(shape, theta, images.subarray(0, 0))).toThrow("got 0 values");
  expect(() => kernels.gradient(shape, theta, images, labels.subarray(2))).toThrow(
    "6 values in labels, got 4",
  );
  expect(() => kernels.logits({ ...shape, depth: 3 }, theta, images)).toThrow(
    "3 blocks halve an image of 4 x 4 to nothing",
  );
  expect(() => kernels.logits({ ...shape, filters: 2.5 }, theta, images)).toThrow(
    "expected a whole number of at least 1 as filters, got 2.5",
  );
  expect(() => kernels.logits({ ...shape, depth: 99 }, theta, images)).toThrow("at most 16 blocks, got 99");
  expect(WebAssembly.validate(RELAXED_SIMD_PROBE)).toBe(true);

  // Its first activation alone is the 4 GiB that a memory can have, and counted in 32 bits would be nothing.
  const vast = { ...shape, height: 1024, width: 1024, filters: 512, depth: 4 };
  const [weights, image] = [new Float32Array(parameterCount(vast)), new Float32Array(1024 * 1024)];
  expect(() => kernels.logits(vast, weights, image)).toThrow(
    /no memory for a network .* 1024,1024,1,512,4,3,1$/,
  );
  expect(kernels.logits(shape, theta, images)).toHaveLength(2 * shape.classes);
});
