import { paperLevers } from "@tributary/protocol";
import { expect, test } from "vitest";
import { createRng } from "../rng.ts";
import { drawPiece, prepareCourse } from "./pieces.ts";
import { blend, isFlat, isTaken, refineSettings, startsAt, trajectoryLength } from "./schedule.ts";

const path = [0, 1, 2, 3, 4, 5, 6].map((t) => Float32Array.of(t, -t));

test("[N13] a target is the mean of snapshots that follow its start", () => {
  const course = prepareCourse(path, paperLevers);
  const rng = createRng(8);
  const starts = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const { start, target } = drawPiece(course, { ...paperLevers, ahead: 3, leastAveraged: 2 }, 4, rng);
    const [t = 0, mean = 0] = [start[0], target[0]];
    starts.add(t);
    expect(mean).toBeGreaterThanOrEqual(t + 1);
    expect(mean).toBeLessThanOrEqual(t + 3);
    expect(target[1]).toBe(-mean);
  }
  expect([...starts].sort()).toEqual([0, 1, 2, 3]);
});

test("[L1] an exponential target lies on the moving average, a straight one on the line to the last snapshots", () => {
  const settings = { ahead: 2, leastAveraged: 1 };
  const smooth = { ...settings, target: "exponential", targetDecay: 0.5 } as const;
  const course = prepareCourse(
    [0, 4, 8].map((value) => Float32Array.of(value)),
    smooth,
  );
  const rng = createRng(2);
  const seen = new Set<number>();
  // 0, 0.5 * 0 + 0.5 * 4 = 2, 0.5 * 2 + 0.5 * 8 = 5
  for (let i = 0; i < 20; i++) seen.add(drawPiece(course, smooth, 1, rng).target[0] ?? -1);
  expect([...seen].sort()).toEqual([2, 5]);

  const straight = { ...settings, target: "straight", targetDecay: 0 } as const;
  const bent = prepareCourse(
    [0, 9, 2, 4, 6].map((value) => Float32Array.of(value)),
    straight,
  );
  const reached = new Set<number>();
  // From 0, a quarter or a half of the way to (4 + 6) / 2.
  for (let i = 0; i < 20; i++) reached.add(drawPiece(bent, straight, 1, rng).target[0] ?? -1);
  expect([...reached].sort()).toEqual([1.25, 2.5]);
});

test("[L2] a curriculum lets the latest start grow to all of them, and none has all of them at once", () => {
  const starts = (curriculum: number) =>
    [0, 1, 2, 3, 4, 5, 6, 7].map((i) => startsAt(i, 7, { ahead: 3, curriculum, iterations: 8 }));
  expect(starts(0)).toEqual([4, 4, 4, 4, 4, 4, 4, 4]);
  expect(starts(0.5)).toEqual([1, 2, 3, 4, 4, 4, 4, 4]);
  expect(starts(1)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
});

test("[L3] an iteration above the limit is left out, and a flat D ends the synthesis", () => {
  expect([0.9, 1, 1.1].map((distance) => isTaken(distance, { skipAbove: 1 }))).toEqual([true, true, false]);
  expect(isTaken(7, { skipAbove: 0 })).toBe(true);
  expect(isFlat([1, 1, 0.9, 0.9], { patience: 2 })).toBe(false);
  expect(isFlat([1, 1, 0.9, 0.9, 0.9, 0.9], { patience: 2 })).toBe(true);
  expect(isFlat([1, 1, 1], { patience: 2 })).toBe(false);
  expect(isFlat([1, 1, 1, 1], { patience: 0 })).toBe(false);
});

test("[L4] the refine rate decays from the newest synthesis on, and a share lies between average and refined", () => {
  const settings = { ...paperLevers, refineRate: 0.4, refineDecay: 0.5 };
  const rates = [0, 1, 2].map((rounds) => refineSettings(settings, rounds).refineRate);
  expect(rates).toEqual([0.4, 0.2, 0.1]);
  const [averaged, refined] = [Float32Array.of(0, 4), Float32Array.of(2, 0)];
  expect(blend(averaged, refined, 1)).toEqual(refined);
  expect(blend(averaged, refined, 0.25)).toEqual(Float32Array.of(0.5, 3));
});

test("[L5] a later synthesis follows the models since the one before, that one's last included", () => {
  const settings = { snapshots: 16, refreshEvery: 8 };
  expect(trajectoryLength(settings, true)).toBe(16);
  expect(trajectoryLength(settings, false)).toBe(9);
});
