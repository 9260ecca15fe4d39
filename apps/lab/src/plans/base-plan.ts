/** The plans that a simulation's configuration begins from, fitted to its data. Pure. */
import { type Plan, sampleOf, smallPlan } from "@tributary/protocol";
import type { LabTask } from "../data/lab-data.ts";
import { dynafedFor } from "./dynafed-for.ts";
import { clientsOf, scalePlan } from "./scale-plan.ts";
import { deskScale, paperScale } from "./scales.ts";

/** `small` is the plan that a new live run begins from; `desk` and `paper` are the scales of the experiments. */
export const BASES = ["small", "desk", "paper"] as const;
export type Base = (typeof BASES)[number];

/** Seed and heterogeneity of the published code's example. */
const published = { seed: 4, alpha: 0.01 };

/** `dataset`: the plan's name for the data. */
export function basePlan(base: Base, data: LabTask, dataset: string): Plan {
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

/** The plan with the data's task, and no more examples of it than there are. */
function fitted(plan: Plan, data: LabTask, dataset: string): Plan {
  const { train, test } = data;
  const sample = sampleOf(plan);
  return {
    ...plan,
    task: data.task,
    dynafed: plan.dynafed && dynafedFor(data.task, plan.dynafed),
    sample: {
      ...sample,
      dataset,
      train: data.groups === null ? Math.min(sample.train, train.count) : train.count,
      test: Math.min(sample.test, test.count),
      shards: clientsOf(data, sample.shards),
    },
  };
}
