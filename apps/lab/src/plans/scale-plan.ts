/** A scale's plan for a data set. The only place where the numbers of a scale become fields of a plan. Pure. */
import {
  inputShapeOf,
  networkOf,
  outputsOf,
  type Plan,
  Plan as PlanSchema,
  type Problem,
  type SampleData,
  schemaProblems,
  type Task,
} from "@tributary/protocol";
import { checkPlan } from "@tributary/rounds";
import type { LabTask } from "../data/lab-data.ts";
import { dynafedFor } from "./dynafed-for.ts";
import type { Scale } from "./scales.ts";

/**
 * Federated averaging with the scale's DynaFed. The caller chooses seed, alpha and the data set's name. The plan uses as
 * many examples as the scale says, or all if there are fewer. A task that lies beside the data keeps its network; pictures
 * without one get the scale's, and nobody holds out any of them: they are measured on the test set alone.
 */
export function scalePlan(
  scale: Scale,
  data: LabTask,
  choice: { readonly seed: number; readonly alpha: number; readonly dataset: string },
): Plan {
  const { train, test } = data;
  const trainCount = data.groups === null ? Math.min(scale.train ?? train.count, train.count) : train.count;
  const task = taskOf(scale, data);
  return {
    seed: choice.seed,
    task,
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
    dynafed: dynafedFor(task, scale.dynafed),
    sample: {
      dataset: choice.dataset,
      train: trainCount,
      test: Math.min(scale.test ?? test.count, test.count),
      shards: clientsOf(data, scale.clients),
      alpha: choice.alpha,
    },
  };
}

function taskOf({ width }: Scale, { task, isOwnTask }: LabTask): Task {
  if (isOwnTask || task.kind !== "image-classification") return task;
  return {
    ...task,
    network: { kind: "convnet", width, depth: 3 },
    evaluation: { ...task.evaluation, holdOut: 0 },
  };
}

/** A client for each text of the split's column; `usual` for another split. */
export function clientsOf({ groups }: Pick<LabTask, "groups">, usual: number): number {
  return groups === null ? usual : new Set(groups).size;
}

/** Why a plan cannot be simulated on the data: misfits of its schema or, if there are none, contradictions. */
export function planProblems(plan: unknown, data: LabTask): readonly Problem[] {
  const misfits = schemaProblems(PlanSchema, plan);
  if (misfits.length > 0) return misfits;
  // The schema fits.
  const { sample, ...rest } = plan as Plan;
  if (sample === null) return [{ path: "/sample", message: "must name the data to simulate on, got null" }];
  return [
    ...checkPlan({ ...rest, sample: null }, []),
    ...taskProblems(rest, data.task),
    ...sampleProblems(rest, sample, data),
  ];
}

function taskProblems(plan: Pick<Plan, "task">, task: Task): readonly Problem[] {
  const [got, expected] = [networkOf(plan), networkOf({ task })];
  const [input, data] = [inputShapeOf(got).join("x"), inputShapeOf(expected).join("x")];
  const inputs = plan.task.kind === "image-classification" ? "image" : "columns";
  return [
    ...problemUnless(
      input === data,
      `/task/${inputs}`,
      `must make ${data} values, as the data has, got ${input}`,
    ),
    ...problemUnless(
      outputsOf(got) === outputsOf(expected),
      "/task/classes",
      `must be ${outputsOf(expected)}, the classes of the data, got ${outputsOf(got)}`,
    ),
  ];
}

function sampleProblems(
  { cohort, limits }: Pick<Plan, "cohort" | "limits">,
  { train, test, shards }: SampleData,
  data: LabTask,
): readonly Problem[] {
  const largest = data.groups === null ? Math.ceil(train / shards) : largestGroup(data.groups);
  const [most, mostTest, clients] = [data.train.count, data.test.count, clientsOf(data, shards)];
  return [
    ...problemUnless(
      train <= most,
      "/sample/train",
      `must be at most ${most}, the training examples, got ${train}`,
    ),
    ...problemUnless(
      test <= mostTest,
      "/sample/test",
      `must be at most ${mostTest}, the test examples, got ${test}`,
    ),
    ...problemUnless(
      shards <= train,
      "/sample/shards",
      `must be at most ${train}, the training examples, got ${shards}`,
    ),
    ...problemUnless(
      shards === clients,
      "/sample/shards",
      `must be ${clients}, the texts of the column, got ${shards}`,
    ),
    ...problemUnless(
      largest <= limits.maxExamples,
      "/limits/maxExamples",
      `must be at least ${largest}, the examples of the largest client, got ${limits.maxExamples}`,
    ),
    ...problemUnless(
      cohort.minimum <= shards,
      "/cohort/minimum",
      `must be at most ${shards}, the clients of the simulation, got ${cohort.minimum}`,
    ),
  ];
}

function largestGroup(groups: readonly string[]): number {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  return Math.max(...sizes.values());
}

function problemUnless(isRight: boolean, path: string, message: string): readonly Problem[] {
  return isRight ? [] : [{ path, message }];
}
