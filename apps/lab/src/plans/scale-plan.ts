/** A scale's plan for a data set. The only place where the numbers of a scale become fields of a plan. Pure. */
import {
  type DatasetSummary,
  type Plan,
  Plan as PlanSchema,
  type Problem,
  schemaProblems,
} from "@tributary/protocol";
import { checkPlan } from "@tributary/rounds";
import { imageTask, type PlanData } from "./image-task.ts";
import type { Scale } from "./scales.ts";

/**
 * Federated averaging with the scale's DynaFed. The caller chooses seed, alpha and the data set's name. The plan uses as
 * many images as the scale says, or all if there are fewer.
 */
export function scalePlan(
  scale: Scale,
  data: PlanData,
  choice: { readonly seed: number; readonly alpha: number; readonly dataset: string },
): Plan {
  const { train, test } = data;
  const trainCount = Math.min(scale.train ?? train.count, train.count);
  return {
    seed: choice.seed,
    // The test set measures, as in the published protocol: the clients hold nothing out and train on all they have.
    task: {
      ...imageTask(data, { kind: "convnet", width: scale.width, depth: 3 }),
      evaluation: { holdOut: 0, headline: "accuracy" },
    },
    rounds: scale.rounds,
    // Every client is always available, and each member of a cohort reports or is refused: one update is enough for a
    // round. The clock of a simulation stands still: no deadline passes before all have trained.
    cohort: { minimum: 1, size: scale.perRound, quorum: 1, deadlineMs: 1000 },
    local: {
      epochs: 1,
      batchSize: scale.batchSize,
      optimizer: { kind: "adam", learningRate: scale.clientRate },
      keepOptimizerState: true,
    },
    updateDtype: "float32",
    limits: { maxExamples: trainCount, maxMagnitude: 10, maxNorm: 1000 },
    strategy: { kind: "fedavg" },
    dynafed: scale.dynafed,
    sample: {
      dataset: choice.dataset,
      train: trainCount,
      test: Math.min(scale.test ?? test.count, test.count),
      shards: scale.clients,
      alpha: choice.alpha,
    },
  };
}

/** Why a plan cannot be simulated on the data: misfits of its schema or, if there are none, contradictions. */
export function planProblems(plan: unknown, { train, test }: PlanData): readonly Problem[] {
  const misfits = schemaProblems(PlanSchema, plan);
  if (misfits.length > 0) return misfits;
  // The schema fits.
  const { cohort } = plan as Plan;
  const sample = (plan as Plan).sample;
  if (sample === null) return [{ path: "/sample", message: "must name the data to simulate on, got null" }];
  const { image, classes, count } = train;
  const summary: DatasetSummary = {
    name: sample.dataset,
    ...{ image, classes, train: count, test: test.count },
  };
  const contradictions = checkPlan(plan as Plan, [summary]);
  if (cohort.minimum <= sample.shards) return contradictions;
  const message = `must be at most ${sample.shards}, the clients of the simulation, got ${cohort.minimum}`;
  return [...contradictions, { path: "/cohort/minimum", message }];
}
