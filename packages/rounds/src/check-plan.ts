/**
 * What a schema cannot say of a plan: relations between its fields, and whether the server has the data.
 * Pure; every problem is named with its values.
 */
import { fixedPointScale, parameterCount } from "@tributary/model";
import type { ConvNetSpec, DatasetSummary, Plan } from "@tributary/protocol";

/** 100 MB a snapshot: what a browser downloads in a round, and a row of the database holds, with ease. */
export const mostParameters = 25_000_000;
const mostSyntheticValues = 50_000_000;
/** Coarser steps than this would show in the weights. */
const coarsestStep = 2 ** -20;

/** Empty when the plan can run on this server. */
export function checkPlan(plan: Plan, datasets: readonly DatasetSummary[]): readonly string[] {
  return [
    ...plan.classNames.flatMap((name, index) => textProblems(`classNames/${index}`, name)),
    ...cohortProblems(plan),
    ...networkProblems(plan),
    ...dynafedProblems(plan),
    ...sampleProblems(plan, datasets),
    ...exactnessProblems(plan),
  ];
}

/** PostgreSQL keeps every text but one with a NUL or half of a surrogate pair. */
export function textProblems(field: string, text: string): readonly string[] {
  if (!/[\0\p{Surrogate}]/u.test(text)) return [];
  return [`${field} ${JSON.stringify(text)} holds a character that cannot be stored`];
}

function cohortProblems({ cohort }: Plan): readonly string[] {
  return failed([
    [cohort.quorum <= cohort.size, `cohort.quorum ${cohort.quorum} is above cohort.size ${cohort.size}`],
    [
      cohort.quorum <= cohort.minimum,
      `cohort.quorum ${cohort.quorum} is above cohort.minimum ${cohort.minimum}: a round could open that can never close`,
    ],
    [cohort.minimum <= cohort.size, `cohort.minimum ${cohort.minimum} is above cohort.size ${cohort.size}`],
  ]);
}

function networkProblems({ network, classNames }: Plan): readonly string[] {
  const distinct = new Set(classNames).size;
  return [
    ...failed([
      [
        classNames.length === network.classes,
        `classNames has ${classNames.length} names, network.classes is ${network.classes}`,
      ],
      [distinct === classNames.length, `classNames has ${classNames.length - distinct} repeated names`],
    ]),
    ...(network.kind === "convnet" ? depthProblems(network) : []),
    ...sizeProblems(network),
  ];
}

/** Each block halves the side; the first block of a one-channel image pads 3, which adds 4 to it. */
function depthProblems({ image: [height, width, channels], depth }: ConvNetSpec): readonly string[] {
  const side = Math.min(height, width) + (channels === 1 ? 4 : 0);
  const most = Math.floor(Math.log2(side));
  return failed([
    [depth <= most, `network.depth ${depth} is too deep for a ${height}x${width} image: at most ${most}`],
  ]);
}

function sizeProblems(network: Plan["network"]): readonly string[] {
  try {
    const parameters = parameterCount(network);
    return failed([
      [
        parameters <= mostParameters,
        `network has ${parameters} parameters, at most ${mostParameters} are allowed`,
      ],
    ]);
  } catch (error) {
    return [`network cannot be built: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function dynafedProblems({ dynafed, rounds, network }: Plan): readonly string[] {
  if (dynafed === null) return [];
  const { snapshots, ahead, leastAveraged, imagesPerClass, refreshEvery, target, targetDecay } = dynafed;
  const values = imagesPerClass * network.classes * network.image.reduce((a, b) => a * b, 1);
  return failed([
    [snapshots > ahead, `dynafed.snapshots ${snapshots} must be above dynafed.ahead ${ahead}`],
    [leastAveraged <= ahead, `dynafed.leastAveraged ${leastAveraged} is above dynafed.ahead ${ahead}`],
    [
      snapshots <= rounds,
      `dynafed.snapshots ${snapshots} needs at least ${snapshots} rounds for one refined round, rounds is ${rounds}`,
    ],
    [
      refreshEvery === 0 || refreshEvery >= ahead,
      `dynafed.refreshEvery ${refreshEvery} is below dynafed.ahead ${ahead}: no snapshot would have its target`,
    ],
    [
      target === "exponential" || targetDecay === 0,
      `dynafed.targetDecay ${targetDecay} has no meaning for dynafed.target "${target}"`,
    ],
    [
      values <= mostSyntheticValues,
      `dynafed.imagesPerClass ${imagesPerClass} makes ${values} pixel values, at most ${mostSyntheticValues} are allowed`,
    ],
  ]);
}

function sampleProblems(plan: Plan, datasets: readonly DatasetSummary[]): readonly string[] {
  const { sample, network, limits } = plan;
  const dataset = datasets.find(({ name }) => name === sample.dataset);
  if (dataset === undefined) {
    const names = datasets.map(({ name }) => name).join(", ") || "none";
    return [`sample.dataset "${sample.dataset}" is not on this server, which has: ${names}`];
  }
  const largestShard = Math.ceil(sample.train / sample.shards);
  return failed([
    [
      dataset.image.join("x") === network.image.join("x"),
      `network.image is ${network.image.join("x")}, images of ${dataset.name} are ${dataset.image.join("x")}`,
    ],
    [
      dataset.classes === network.classes,
      `network.classes is ${network.classes}, ${dataset.name} has ${dataset.classes}`,
    ],
    [
      sample.train <= dataset.train,
      `sample.train ${sample.train} is above the ${dataset.train} training images of ${dataset.name}`,
    ],
    [
      sample.test <= dataset.test,
      `sample.test ${sample.test} is above the ${dataset.test} test images of ${dataset.name}`,
    ],
    [sample.shards <= sample.train, `sample.shards ${sample.shards} is above sample.train ${sample.train}`],
    [
      largestShard <= limits.maxExamples,
      `limits.maxExamples ${limits.maxExamples} would refuse the sample shards of ${largestShard} examples`,
    ],
  ]);
}

/** The aggregate sums integers: at these limits its step must still be finer than the weights need. */
function exactnessProblems({ cohort, limits }: Plan): readonly string[] {
  const { maxExamples, maxMagnitude } = limits;
  const bounds = `cohort.size ${cohort.size} x limits.maxExamples ${maxExamples} x limits.maxMagnitude ${maxMagnitude}`;
  const problem = `${bounds} is too large for an exact aggregate: make one of them smaller`;
  try {
    const scale = fixedPointScale({ maxUpdates: cohort.size, maxExamples, maxMagnitude });
    return failed([[1 / scale <= coarsestStep, problem]]);
  } catch {
    return [problem];
  }
}

function failed(checks: readonly (readonly [ok: boolean, problem: string])[]): readonly string[] {
  return checks.filter(([ok]) => !ok).map(([, problem]) => problem);
}
