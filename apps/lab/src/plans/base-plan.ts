/** The plans that a simulation's configuration begins from, fitted to its data. Pure. */
import { fashionMnistTask, type Plan, sampleOf, smallPlan } from "@tributary/protocol";
import { imageTask, type PlanData } from "./image-task.ts";
import { scalePlan } from "./scale-plan.ts";
import { deskScale, paperScale } from "./scales.ts";

/** `small` is the plan that a new live run begins from; `desk` and `paper` are the scales of the experiments. */
export const BASES = ["small", "desk", "paper"] as const;
export type Base = (typeof BASES)[number];

/** Seed and heterogeneity of the published code's example. */
const published = { seed: 4, alpha: 0.01 };

/** `dataset`: the plan's name for the data. */
export function basePlan(base: Base, data: PlanData, dataset: string): Plan {
  switch (base) {
    case "small":
      return fitted(smallPlan, data, dataset);
    case "desk":
      return scalePlan(deskScale, data, { ...published, dataset });
    case "paper":
      return scalePlan(paperScale, data, { ...published, dataset });
    default:
      return base satisfies never;
  }
}

/** The plan with the data's kind of images, and no more of them than there are. */
function fitted(plan: Plan, data: PlanData, dataset: string): Plan {
  const { train, test } = data;
  return {
    ...plan,
    task: imageTask(data, fashionMnistTask.network),
    sample: {
      ...sampleOf(plan),
      dataset,
      train: Math.min(sampleOf(plan).train, train.count),
      test: Math.min(sampleOf(plan).test, test.count),
    },
  };
}
