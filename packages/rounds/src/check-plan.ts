/** What a schema cannot say of a plan: relations between its fields, and whether the server has the data. */
import { fixedPointScale } from "@tributary/model";
import {
  type DatasetSummary,
  type DynafedSettings,
  inputShapeOf,
  inputSizeOf,
  lossOf,
  type NetworkSpec,
  networkOf,
  outputsOf,
  type Plan,
  type Problem,
  problemsBelow,
  type SampleData,
} from "@tributary/protocol";
import { checkTask } from "./check-task.ts";
import { type Check, failed } from "./failed-checks.ts";

const mostSyntheticValues = 50_000_000;
/** Coarser steps than this would show in the weights. */
const coarsestStep = 2 ** -20;

/** Every problem of a plan, with paths from the plan's root; none when it can run on a server with these data sets. */
export function checkPlan(plan: Plan, datasets: readonly DatasetSummary[]): readonly Problem[] {
  return [
    ...cohortProblems(plan),
    ...problemsBelow("/task", checkTask(plan.task)),
    ...scaleProblems(plan),
    ...dynafedProblems(plan),
    ...sampleProblems(plan, datasets),
    ...exactnessProblems(plan),
  ];
}

function cohortProblems({ cohort: { quorum, minimum, size } }: Plan): readonly Problem[] {
  return failed([
    [quorum <= size, "/cohort/quorum", `must be at most ${size}, the cohort's size, got ${quorum}`],
    [
      quorum <= minimum,
      "/cohort/quorum",
      `must be at most ${minimum}, the cohort's minimum, got ${quorum}: a round could open that can never close`,
    ],
    [minimum <= size, "/cohort/minimum", `must be at most ${size}, the cohort's size, got ${minimum}`],
  ]);
}

/** A run gathers open scales from its volunteers, but rows of the server's are read before there are any. */
function scaleProblems({ task, sample }: Plan): readonly Problem[] {
  if (task.kind === "image-classification" || sample === null) return [];
  const message = `must be a mean and a deviation to read the rows of ${sample.dataset}, got null: take them from a sample file`;
  const columns = task.columns.flatMap((column, at) =>
    column.type !== "category" && column.scale === null
      ? [{ path: `/task/columns/${at}/scale`, message }]
      : [],
  );
  const isOpen = task.kind === "table-regression" && task.target.scale === null;
  return isOpen ? [...columns, { path: "/task/target/scale", message }] : columns;
}

function dynafedProblems(plan: Plan): readonly Problem[] {
  const { dynafed } = plan;
  if (dynafed === null) return [];
  if (lossOf(networkOf(plan)) === "squared-error") {
    const message =
      "must be null for a regression, got settings: synthetic examples carry soft labels, which a number has none of";
    return [{ path: "/dynafed", message }];
  }
  return failed([
    ...trajectoryChecks(dynafed, plan.rounds),
    ...syntheticSetChecks(dynafed, networkOf(plan)),
    ...augmentationChecks(dynafed, networkOf(plan)),
  ]);
}

function trajectoryChecks(dynafed: DynafedSettings, rounds: number): readonly Check[] {
  const { snapshots, ahead, leastAveraged, refreshEvery } = dynafed;
  return [
    [
      snapshots > ahead,
      "/dynafed/snapshots",
      `must be above ${ahead}, the snapshots ahead, got ${snapshots}`,
    ],
    [
      leastAveraged <= ahead,
      "/dynafed/leastAveraged",
      `must be at most ${ahead}, the snapshots ahead, got ${leastAveraged}`,
    ],
    [
      snapshots <= rounds,
      "/dynafed/snapshots",
      `must be at most ${rounds}, the number of rounds, got ${snapshots}: no round would be refined`,
    ],
    [
      refreshEvery === 0 || refreshEvery >= ahead,
      "/dynafed/refreshEvery",
      `must be 0 or at least ${ahead}, the snapshots ahead, got ${refreshEvery}: no snapshot would have its target`,
    ],
  ];
}

function syntheticSetChecks(dynafed: DynafedSettings, network: NetworkSpec): readonly Check[] {
  const { imagesPerClass, target, targetDecay } = dynafed;
  const values = imagesPerClass * outputsOf(network) * inputSizeOf(network);
  return [
    [
      target === "exponential" || targetDecay === 0,
      "/dynafed/targetDecay",
      `must be 0 for the target "${target}", got ${targetDecay}`,
    ],
    [
      values <= mostSyntheticValues,
      "/dynafed/imagesPerClass",
      `must make at most ${mostSyntheticValues} values, got ${imagesPerClass}, which makes ${values}`,
    ],
  ];
}

function augmentationChecks({ augment, noiseStd }: DynafedSettings, network: NetworkSpec): readonly Check[] {
  const areImages = inputShapeOf(network).length === 3;
  return [
    [
      augment !== "siamese" || areImages,
      "/dynafed/augment",
      `must be "none" or "noise" for rows of a table, got "${augment}": it moves and colours images`,
    ],
    [
      augment === "noise" || noiseStd === 0,
      "/dynafed/noiseStd",
      `must be 0 for the augmentation "${augment}", got ${noiseStd}`,
    ],
    [augment !== "noise" || noiseStd > 0, "/dynafed/noiseStd", `must be above 0 for noise, got ${noiseStd}`],
  ];
}

function sampleProblems(plan: Plan, datasets: readonly DatasetSummary[]): readonly Problem[] {
  const { sample, limits } = plan;
  if (sample === null) return [];
  const dataset = datasets.find(({ name }) => name === sample.dataset);
  if (dataset === undefined) {
    const names = datasets.map(({ name }) => name).join(", ") || "none";
    const message = `must be a data set of this server, which has: ${names}; got "${sample.dataset}"`;
    return [{ path: "/sample/dataset", message }];
  }
  return failed([
    ...shapeChecks(networkOf(plan), dataset),
    ...amountChecks(sample, dataset),
    ...shardChecks(sample, limits),
  ]);
}

function amountChecks({ train, test }: SampleData, dataset: DatasetSummary): readonly Check[] {
  return [
    [
      train <= dataset.train,
      "/sample/train",
      `must be at most ${dataset.train}, the training examples of ${dataset.name}, got ${train}`,
    ],
    [
      test <= dataset.test,
      "/sample/test",
      `must be at most ${dataset.test}, the test examples of ${dataset.name}, got ${test}`,
    ],
  ];
}

function shardChecks({ train, shards }: SampleData, { maxExamples }: Plan["limits"]): readonly Check[] {
  const largest = Math.ceil(train / shards);
  return [
    [shards <= train, "/sample/shards", `must be at most ${train}, the training examples, got ${shards}`],
    [
      largest <= maxExamples,
      "/limits/maxExamples",
      `must be at least ${largest}, the examples of a sample shard, got ${maxExamples}`,
    ],
  ];
}

function shapeChecks(network: NetworkSpec, { name, image, classes }: DatasetSummary): readonly Check[] {
  const got = inputShapeOf(network).join("x");
  const expected = image?.join("x") ?? got;
  return [
    [got === expected, "/task/image", `must be ${expected}, the images of ${name}, got ${got}`],
    [
      outputsOf(network) === classes,
      "/task/classes",
      `must be ${classes}, the classes of ${name}, got ${outputsOf(network)}`,
    ],
  ];
}

/** The aggregate sums integers: at these limits its step must still be finer than the weights need. */
function exactnessProblems({ cohort: { size }, limits }: Plan): readonly Problem[] {
  const { maxExamples, maxMagnitude } = limits;
  const factors = `maxExamples ${maxExamples} x maxMagnitude ${maxMagnitude} x the cohort's size ${size}`;
  const message = `must allow an exact aggregate, got ${factors}: make one of them smaller`;
  try {
    const scale = fixedPointScale({ maxUpdates: size, maxExamples, maxMagnitude });
    return failed([[1 / scale <= coarsestStep, "/limits", message]]);
  } catch {
    return [{ path: "/limits", message }];
  }
}
