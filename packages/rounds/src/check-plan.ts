/** What a schema cannot say of a plan: relations between its fields, and whether the server has the data. */
import { fixedPointScale, parameterCount } from "@tributary/model";
import {
  type ConvNetSpec,
  classNameProblems,
  type DatasetSummary,
  type DynafedSettings,
  type Plan,
  type Problem,
  problemsBelow,
} from "@tributary/protocol";

/** Parameters of the largest network: 100 MB a snapshot, which a browser can download in a round and a row can hold. */
export const mostParameters = 25_000_000;
const mostSyntheticValues = 50_000_000;
/** Coarser steps than this would show in the weights. */
const coarsestStep = 2 ** -20;

type Check = readonly [ok: boolean, path: string, message: string];

/** Every problem of a plan, with paths from the plan's root; none when it can run on a server with these data sets. */
export function checkPlan(plan: Plan, datasets: readonly DatasetSummary[]): readonly Problem[] {
  return [
    ...plan.classNames.flatMap((name, index) => textProblems(`/classNames/${index}`, name)),
    ...cohortProblems(plan),
    ...networkProblems(plan),
    ...dynafedProblems(plan),
    ...sampleProblems(plan, datasets),
    ...exactnessProblems(plan),
  ];
}

/** The problem of a text that PostgreSQL cannot store: one with a NUL or half of a surrogate pair. */
export function textProblems(path: string, text: string): readonly Problem[] {
  if (!/[\0\p{Surrogate}]/u.test(text)) return [];
  return [{ path, message: `must hold only characters that can be stored, got ${JSON.stringify(text)}` }];
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

function networkProblems({ network, classNames }: Plan): readonly Problem[] {
  const names = classNames.length;
  return [
    ...failed([
      [
        names === network.classes,
        "/classNames",
        `must name each of the network's ${network.classes} classes, got ${names} names`,
      ],
    ]),
    ...problemsBelow("/classNames", classNameProblems(classNames)),
    ...(network.kind === "convnet" ? depthProblems(network) : []),
    ...sizeProblems(network),
  ];
}

/** Each block halves the side; the first block of a one-channel image pads 3, which adds 4 to it. */
function depthProblems({ image: [height, width, channels], depth }: ConvNetSpec): readonly Problem[] {
  const side = Math.min(height, width) + (channels === 1 ? 4 : 0);
  const most = Math.floor(Math.log2(side));
  return failed([
    [depth <= most, "/network/depth", `must be at most ${most} for a ${height}x${width} image, got ${depth}`],
  ]);
}

function sizeProblems(network: Plan["network"]): readonly Problem[] {
  try {
    const parameters = parameterCount(network);
    const message = `must have at most ${mostParameters} parameters, got ${parameters}`;
    return failed([[parameters <= mostParameters, "/network", message]]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path: "/network", message: `cannot be built: ${reason}` }];
  }
}

function dynafedProblems(plan: Plan): readonly Problem[] {
  const { dynafed } = plan;
  if (dynafed === null) return [];
  return failed([...trajectoryChecks(dynafed, plan.rounds), ...syntheticSetChecks(dynafed, plan.network)]);
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

function syntheticSetChecks(dynafed: DynafedSettings, network: Plan["network"]): readonly Check[] {
  const { imagesPerClass, target, targetDecay } = dynafed;
  const values = imagesPerClass * network.classes * network.image.reduce((a, b) => a * b, 1);
  return [
    [
      target === "exponential" || targetDecay === 0,
      "/dynafed/targetDecay",
      `must be 0 for the target "${target}", got ${targetDecay}`,
    ],
    [
      values <= mostSyntheticValues,
      "/dynafed/imagesPerClass",
      `must make at most ${mostSyntheticValues} pixel values, got ${imagesPerClass}, which makes ${values}`,
    ],
  ];
}

function sampleProblems(plan: Plan, datasets: readonly DatasetSummary[]): readonly Problem[] {
  const { sample, network, limits } = plan;
  const dataset = datasets.find(({ name }) => name === sample.dataset);
  if (dataset === undefined) {
    const names = datasets.map(({ name }) => name).join(", ") || "none";
    const message = `must be a data set of this server, which has: ${names}; got "${sample.dataset}"`;
    return [{ path: "/sample/dataset", message }];
  }
  return failed([
    ...shapeChecks(network, dataset),
    ...amountChecks(sample, dataset),
    ...shardChecks(sample, limits),
  ]);
}

function amountChecks({ train, test }: Plan["sample"], dataset: DatasetSummary): readonly Check[] {
  return [
    [
      train <= dataset.train,
      "/sample/train",
      `must be at most ${dataset.train}, the training images of ${dataset.name}, got ${train}`,
    ],
    [
      test <= dataset.test,
      "/sample/test",
      `must be at most ${dataset.test}, the test images of ${dataset.name}, got ${test}`,
    ],
  ];
}

function shardChecks({ train, shards }: Plan["sample"], { maxExamples }: Plan["limits"]): readonly Check[] {
  const largest = Math.ceil(train / shards);
  return [
    [shards <= train, "/sample/shards", `must be at most ${train}, the training images, got ${shards}`],
    [
      largest <= maxExamples,
      "/limits/maxExamples",
      `must be at least ${largest}, the examples of a sample shard, got ${maxExamples}`,
    ],
  ];
}

function shapeChecks(network: Plan["network"], { name, image, classes }: DatasetSummary): readonly Check[] {
  const [got, expected] = [network.image.join("x"), image.join("x")];
  return [
    [got === expected, "/network/image", `must be ${expected}, the images of ${name}, got ${got}`],
    [
      network.classes === classes,
      "/network/classes",
      `must be ${classes}, the classes of ${name}, got ${network.classes}`,
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

function failed(checks: readonly Check[]): readonly Problem[] {
  return checks.filter(([ok]) => !ok).map(([, path, message]) => ({ path, message }));
}
