import type { DynafedSettings } from "@tributary/protocol";
import type { Scale } from "../../plans/scales.ts";
import type { Method, Preset } from "../preset.ts";

/** The scale's DynaFed with one setting changed at a time. */
export const ablation: Preset = {
  name: "ablation",
  about: "DynaFed with one setting changed at a time, and the clients' optimiser state kept or reset",
  alphas: [0.04],
  methods: (scale) => [
    { name: "FedAvg" },
    { name: "FedAvg (optimiser reset)", local: { keepOptimizerState: false } },
    { name: "DynaFed", dynafed: {} },
    { name: "DynaFed (optimiser reset)", dynafed: {}, local: { keepOptimizerState: false } },
    ...varied(scale, "snapshots", [0.5, 0.75, 1.25, 1.5]),
    ...varied(scale, "imagesPerClass", [0.2, 2, 4]),
    ...varied(scale, "innerSteps", [0.5, 2, 4]),
    ...varied(scale, "iterations", [0.25, 0.5, 2]),
    ...varied(scale, "refineSteps", [0.5, 2]),
    ...varied(scale, "refineRate", [0.1, 0.3, 3]),
    { name: "no augmentation", dynafed: { augment: "none" } },
    ...again(scale, [0.5, 1]),
    { name: "labels from one-hot x 5", dynafed: { labelStart: 5 } },
    { name: "labels fixed at one-hot x 5", dynafed: { labelStart: 5, labels: "fixed" } },
    { name: "TESLA", dynafed: { recursion: "tesla" } },
  ],
};

/** Further syntheses of half the iterations. `parts`: rounds between them, as parts of those before the first. */
function again({ dynafed }: Scale, parts: readonly number[]): readonly Method[] {
  return parts.map((part) => {
    const refreshEvery = Math.max(dynafed.ahead + 1, Math.round(part * dynafed.snapshots));
    const refreshIterations = Math.max(1, Math.round(dynafed.iterations / 2));
    return { name: `again every ${refreshEvery} rounds`, dynafed: { refreshEvery, refreshIterations } };
  });
}

type Numeric = "snapshots" | "imagesPerClass" | "innerSteps" | "iterations" | "refineSteps" | "refineRate";

/** The scale's setting times each factor, within what a plan allows. Each value once, without the scale's own. */
function varied({ dynafed, rounds }: Scale, setting: Numeric, factors: readonly number[]): readonly Method[] {
  const own = dynafed[setting];
  const values = factors.map((factor) => {
    const exact = own * factor;
    if (setting === "refineRate") return Number(exact.toPrecision(2));
    const [least, most] = setting === "snapshots" ? [5, rounds] : [1, Number.POSITIVE_INFINITY];
    return Math.min(most, Math.max(least, Math.round(exact)));
  });
  return [...new Set(values)]
    .filter((value) => value !== own)
    .map((value) => {
      const change: Partial<DynafedSettings> = { [setting]: value };
      return { name: `${setting} ${value}`, dynafed: change };
    });
}
