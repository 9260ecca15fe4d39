import type { DynafedSettings } from "@tributary/protocol";
import { defaultSettings } from "@tributary/strategy";
import type { Scale } from "../../plans/scales.ts";
import type { Method, Preset } from "../preset.ts";

/**
 * The recommended changes to the paper's settings (docs/results.md). Labels begin at their own class; with that, half the
 * iterations are enough and half the refine rate is better.
 */
export function recommendedChanges({ dynafed }: Scale): Partial<DynafedSettings> {
  const { iterations, refineRate } = dynafed;
  return { labelStart: 5, iterations: Math.ceil(iterations / 2), refineRate: refineRate / 2 };
}

const scaffold = defaultSettings("scaffold");

/** The paper's settings, and the recommended ones alone and with SCAFFOLD, over the degrees of heterogeneity. */
export const recommended: Preset = {
  name: "recommended",
  about:
    "DynaFed as published and with the settings that are recommended for new runs, alone and on SCAFFOLD",
  alphas: [0.01, 0.04, 0.16],
  methods: (scale) => [
    { name: "FedAvg" },
    { name: "DynaFed", dynafed: {} },
    { name: "DynaFed recommended", dynafed: recommendedChanges(scale) },
    { name: "SCAFFOLD", strategy: scaffold },
    { name: "DynaFed recommended+SCAFFOLD", strategy: scaffold, dynafed: recommendedChanges(scale) },
  ],
};

/** The recommended settings with one lever at a time. */
export const levers: Preset = {
  name: "levers",
  about: "every lever beyond the paper, one at a time, on top of the recommended settings",
  alphas: [0.04],
  methods: (scale) => {
    const { snapshots, ahead, innerSteps, imagesPerClass, refineRate } = scale.dynafed;
    const far = Math.min(2 * ahead, snapshots - 1);
    const base = recommendedChanges(scale);
    const iterations = base.iterations ?? scale.dynafed.iterations;
    const part = (share: number) => Math.max(1, Math.round(iterations * share));
    const on = (name: string, change: Partial<DynafedSettings>): Method => ({
      name,
      dynafed: { ...base, ...change },
    });
    return [
      { name: "DynaFed", dynafed: {} },
      on("recommended", {}),
      on("all iterations", { iterations: scale.dynafed.iterations }),
      on("a quarter of the iterations", { iterations: part(0.5) }),
      on("labels fixed", { labels: "fixed" }),
      on("twice the inner steps", { innerSteps: 2 * innerSteps }),
      on("twice the images", { imagesPerClass: 2 * imagesPerClass, iterations: part(0.5) }),
      on("wider targets", { ahead: far, leastAveraged: far }),
      on("exponential targets", { target: "exponential", targetDecay: 0.7 }),
      on("straight targets", { target: "straight" }),
      on("curriculum", { curriculum: 0.5 }),
      on("skip D above 1", { skipAbove: 1 }),
      on("images averaged", { imageAverage: 0.9 }),
      on("early stop", { patience: part(0.2) }),
      on("refresh", { refreshEvery: 8, refreshIterations: part(0.2) }),
      on("label start alone", { iterations: scale.dynafed.iterations, refineRate }),
      on("refine rate as published", { refineRate }),
      on("refine rate decays", { refineRate, refineDecay: 0.95 }),
      on("refine share 1.5", { refineShare: 1.5 }),
    ];
  },
};
