/** The demo's plan, and the configuration of its twin without DynaFed. */
import { type Plan, sampleOf, smallDynafed, smallPlan } from "@tributary/protocol";
import type { DemoTask } from "./demo-task.ts";
import type { DemoOptions } from "./options.ts";

/** Long enough for a slow machine; a page that hangs does not hold up the demo for ever. */
const DEADLINE_MS = 300_000;

/** Everybody takes part in every round. The synthesis comes at half-time, with 5 to 20 snapshots. */
export function demoPlan({ volunteers, rounds, alpha, seed }: DemoOptions, data: DemoTask): Plan {
  const { dataset, task, train, test } = data;
  const sample = sampleOf(smallPlan);
  return {
    ...smallPlan,
    ...{ task, seed },
    rounds,
    cohort: { minimum: volunteers, size: volunteers, quorum: volunteers, deadlineMs: DEADLINE_MS },
    dynafed: { ...smallDynafed, snapshots: Math.min(20, Math.max(5, Math.floor(rounds / 2))) },
    sample: {
      ...{ dataset, shards: volunteers, alpha },
      train: Math.min(sample.train, train),
      test: Math.min(sample.test, test),
    },
  };
}

/** A configuration of `npm run simulate`: the same run without DynaFed. */
export type TwinConfig = { readonly plan: Plan };

export function twinConfig(plan: Plan): TwinConfig {
  return { plan: { ...plan, dynafed: null } };
}
