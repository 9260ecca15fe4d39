import type { DynafedSettings } from "@tributary/protocol";
import { beforeAll, expect, test } from "vitest";
import { prepareProblem, settings } from "../../testing/synthesis-problem.ts";
import { prepareBackend } from "../backend.ts";
import { openWasm } from "../node/open-wasm.ts";
import { synthesize } from "./synthesize.ts";

let options: Awaited<ReturnType<typeof prepareProblem>>;
beforeAll(async () => {
  await openWasm();
  prepareBackend();
  options = await prepareProblem();
});

test("[N17] label logits start one-hot times labelStart, images in order of class", async () => {
  const { set } = await synthesize(options({ settings: { ...settings, iterations: 1, labelStart: 5 } }));
  // One Adam step of 0.01 away from the start.
  const start = [0, 0, 1, 1, 2, 2].flatMap((label) => [0, 1, 2].map((k) => (k === label ? 5 : 0)));
  const moved = start.map((value, i) => Math.abs((set.labelLogits[i] as number) - value));
  expect(Math.max(...moved)).toBeLessThan(0.011);
});

test.each<[string, Partial<DynafedSettings>]>([
  [
    "many at once",
    {
      target: "exponential",
      targetDecay: 0.5,
      curriculum: 0.5,
      imageAverage: 0.9,
      patience: 1,
      skipAbove: 1,
    },
  ],
  ["fixed labels", { labels: "fixed", imageAverage: 0.5 }],
  ["TESLA", { recursion: "tesla" }],
  ["straight targets", { target: "straight" }],
  ["curriculum", { curriculum: 1 }],
])(
  "[L6] a synthesis with levers resumes from any checkpoint, in the middle of an iteration too, to the same bits (%s)",
  async (_, levers) => {
    const { set: warmStart } = await synthesize(options({ settings: { ...settings, iterations: 1 } }));
    const problem = { settings: { ...settings, skipAbove: 0.9, ...levers }, warmStart };
    const { skipAbove } = problem.settings;
    const saved: Uint8Array[] = [];
    const keep = async (save: () => Promise<Uint8Array>) => void saved.push(Uint8Array.from(await save()));
    const whole = await synthesize(
      options({ ...problem, onIteration: ({ save }) => keep(save), onStep: keep }),
    );
    expect(whole.distances.length < settings.iterations).toBe(levers.patience === 1);
    const leftOut = whole.distances.filter((distance) => distance > skipAbove).length;
    expect(leftOut).toBeGreaterThan(0);
    expect(leftOut).toBeLessThan(whole.distances.length);
    // Seven an iteration: every fifth is another place within it.
    for (const checkpoint of saved.filter((_, i) => i % 5 === 0 || i === saved.length - 1)) {
      expect(await synthesize(options({ ...problem, checkpoint, seed: 99 }))).toEqual(whole);
    }
  },
);

test("[L7] a moving average of one iteration is that iteration's set, of several it lies between them", async () => {
  const learned = async (imageAverage: number, iterations: number) =>
    (await synthesize(options({ settings: { ...settings, iterations, imageAverage } }))).set;
  const [first, second, average] = [await learned(0, 1), await learned(0, 2), await learned(0.75, 2)];
  expect((await learned(0.75, 1)).inputs[0]).toBeCloseTo(first.inputs[0] ?? 0, 5);
  // (0.25 * 0.75 x1 + 0.25 x2) / (1 - 0.75^2)
  const expected = (0.1875 * (first.inputs[3] ?? 0) + 0.25 * (second.inputs[3] ?? 0)) / 0.4375;
  expect(average.inputs[3]).toBeCloseTo(expected, 5);
});

test("[L8] iterations that are left out and labels that are fixed stay as they were", async () => {
  const { set: start } = await synthesize(options({ settings: { ...settings, iterations: 1 } }));
  const left = await synthesize(
    options({ settings: { ...settings, iterations: 2, skipAbove: 1e-9 }, warmStart: start }),
  );
  expect(left.distances).toHaveLength(2);
  expect(left.set).toEqual(start);
  const fixed = await synthesize(
    options({ settings: { ...settings, iterations: 2, labels: "fixed" }, warmStart: start }),
  );
  expect(fixed.set.labelLogits).toEqual(start.labelLogits);
  expect(fixed.set.inputs).not.toEqual(start.inputs);
});
