import { expect, test } from "vitest";
import { initialParameters } from "./initial-parameters.ts";
import { layoutOf, parameterCount } from "./layout.ts";

const paper = { kind: "convnet", image: [28, 28, 1], classes: 10, width: 128, depth: 3 } as const;

test("[N1] the paper's ConvNet has 317,706 parameters for 28 x 28 x 1 images and 320,010 for 32 x 32 x 3", () => {
  expect(parameterCount({ ...paper, image: [28, 28, 1] })).toBe(317_706);
  expect(parameterCount({ ...paper, image: [32, 32, 3] })).toBe(320_010);
});

test("[N1] the layout names every piece of the flat vector, in order and without gaps", () => {
  const layout = layoutOf({ kind: "convnet", image: [12, 9, 3], classes: 4, width: 5, depth: 2 });
  expect(layout.map(({ name, shape }) => [name, ...shape])).toEqual([
    ["conv0/kernel", 3, 3, 3, 5],
    ["conv0/bias", 5],
    ["norm0/scale", 5],
    ["norm0/offset", 5],
    ["conv1/kernel", 3, 3, 5, 5],
    ["conv1/bias", 5],
    ["norm1/scale", 5],
    ["norm1/offset", 5],
    ["dense/kernel", 3 * 2 * 5, 4],
    ["dense/bias", 4],
  ]);
  let end = 0;
  for (const { offset, size } of layout) {
    expect(offset).toBe(end);
    end += size;
  }
});

test("[N1] an MLP has one kernel and bias for each layer", () => {
  const spec = { kind: "mlp", input: [4, 4, 2], outputs: 3, loss: "cross-entropy", hidden: [7] } as const;
  expect(layoutOf({ ...spec, input: [4, 4, 2], hidden: [7] }).map(({ name }) => name)).toEqual([
    "dense0/kernel",
    "dense0/bias",
    "dense1/kernel",
    "dense1/bias",
  ]);
  expect(parameterCount({ ...spec, input: [4, 4, 2], hidden: [7] })).toBe(32 * 7 + 7 + 7 * 3 + 3);
});

test("[N1] blocks that would halve the image to nothing are refused", () => {
  expect(() => layoutOf({ kind: "convnet", image: [4, 8, 3], classes: 2, width: 2, depth: 3 })).toThrow(
    "3 blocks halve an image of 4 x 8 x 3 to nothing",
  );
});

test("[N2] initial parameters depend on the seed alone and keep PyTorch's bounds", () => {
  const spec = { ...paper, image: [28, 28, 1] as [number, number, number], width: 8 };
  const parameters = initialParameters(spec, 7);
  expect(initialParameters(spec, 7)).toEqual(parameters);
  expect(initialParameters(spec, 8)).not.toEqual(parameters);
  const bounds = {
    conv0: 1 / 3,
    conv1: 1 / Math.sqrt(72),
    conv2: 1 / Math.sqrt(72),
    dense: 1 / Math.sqrt(128),
  };
  for (const { name, offset, size } of layoutOf(spec)) {
    const values = parameters.subarray(offset, offset + size);
    const [piece = "", part] = name.split("/");
    if (part === "scale") expect(values.every((value) => value === 1)).toBe(true);
    else if (part === "offset") expect(values.every((value) => value === 0)).toBe(true);
    else {
      const bound = bounds[piece as keyof typeof bounds];
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
      if (size > 50) expect(Math.max(...values)).toBeGreaterThan(0.8 * bound);
    }
  }
});
