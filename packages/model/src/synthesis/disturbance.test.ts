import { expect, test } from "vitest";
import { createRng } from "../rng.ts";
import { drawDisturbance } from "./disturbance.ts";

test("[N8] noise is added to every value with the deviation asked for, and its adjoint is the identity", () => {
  const inputs = new Float32Array(5000).fill(2);
  const { apply, adjoint } = drawDisturbance({ augment: "noise", noiseStd: 0.5 }, [1000, 5], createRng(1));
  const noise = apply(inputs).map((value) => value - 2);
  const mean = noise.reduce((a, b) => a + b, 0) / noise.length;
  const spread = Math.sqrt(noise.reduce((sum, value) => sum + (value - mean) ** 2, 0) / noise.length);
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(Math.abs(spread - 0.5)).toBeLessThan(0.02);
  expect(apply(inputs)).toEqual(apply(inputs));
  expect(adjoint(inputs)).toEqual(inputs);
  expect([...inputs].every((value) => value === 2)).toBe(true);
});

test("[N8] without augmentation nothing changes, and no random number is drawn", () => {
  const rng = createRng(1);
  const before = rng.state();
  const inputs = Float32Array.of(1, 2, 3);
  const { apply, adjoint } = drawDisturbance({ augment: "none", noiseStd: 0 }, [1, 3], rng);
  expect(apply(inputs)).toEqual(inputs);
  expect(adjoint(inputs)).toEqual(inputs);
  expect(rng.state()).toEqual(before);
});
