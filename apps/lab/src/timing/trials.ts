/**
 * Measures how long the pieces of a run take on the current backend: local training, evaluation, synthesis and refine. They
 * are the model package's own functions, on noise of the plan's shapes.
 */
import {
  createRng,
  type Dataset,
  evaluate,
  initialOptimizerState,
  initialParameters,
  refineRound,
  synthesize,
  trainLocally,
} from "@tributary/model";
import {
  classesOf,
  type DynafedSettings,
  imageShapeOf,
  inputShapeOf,
  inputSizeOf,
  lossOf,
  type NetworkSpec,
  networkOf,
  type Plan,
  preprocessingOf,
} from "@tributary/protocol";

/** The part of a plan that decides how long its work takes. */
export type TimedPlan = Pick<Plan, "task" | "local">;
type TimedDynafed = TimedPlan & { readonly dynafed: DynafedSettings };

/** Does the same piece of work once more and returns its milliseconds. */
export type Trial = () => Promise<number>;

/** `count` images of random bytes, the classes in turn; rows of noise for a network that reads rows. */
function noiseExamples(spec: NetworkSpec, count: number): Dataset {
  const rng = createRng(4);
  const size = inputSizeOf(spec);
  const image = imageShapeOf(spec);
  const noise = () => Float32Array.from({ length: count * size }, rng.normal);
  if (lossOf(spec) === "squared-error") {
    const values = Float32Array.from({ length: count }, rng.normal);
    return { kind: "value-rows", features: size, count, rows: noise(), values };
  }
  const classes = classesOf(spec);
  const labels = Uint8Array.from({ length: count }, (_, at) => at % classes);
  if (image === null) return { kind: "rows", features: size, classes, count, rows: noise(), labels };
  const pixels = Uint8Array.from({ length: count * size }, () => rng.integer(256));
  return { kind: "images", image, classes, count, pixels, labels };
}

/** Local training on `images` images, including the transfers of parameters and optimiser state. */
export function trainingTrial({ task, local }: TimedPlan, images: number): Trial {
  const [spec, preprocessing] = [networkOf({ task }), preprocessingOf({ task })];
  const start = initialParameters(spec, 1);
  const dataset = noiseExamples(spec, images);
  let optimizerState = initialOptimizerState(local.optimizer, start.length);
  return async () => {
    const begin = performance.now();
    const trained = await trainLocally({
      ...{ spec, start, dataset, preprocessing, local, optimizerState },
      seed: 1,
    });
    ({ optimizerState } = trained);
    return performance.now() - begin;
  };
}

/** Evaluation on `images` images. */
export function evaluationTrial({ task }: TimedPlan, images: number): Trial {
  const [spec, preprocessing] = [networkOf({ task }), preprocessingOf({ task })];
  const parameters = initialParameters(spec, 1);
  const dataset = noiseExamples(spec, images);
  return () => timed(() => evaluate({ spec, parameters, dataset, preprocessing }));
}

/** The refine of one round on a set of noise. */
export function refineTrial({ task, dynafed }: TimedDynafed): Trial {
  const network = networkOf({ task });
  const classes = classesOf(network);
  const { imagesPerClass, innerStep } = dynafed;
  const rng = createRng(5);
  const count = imagesPerClass * classes;
  const inputs = new Float32Array(count * inputSizeOf(network)).map(() => rng.normal());
  const labelLogits = new Float32Array(count * classes).map((_, at) =>
    Math.floor(at / classes / imagesPerClass) === at % classes ? 5 : 0,
  );
  const set = { input: inputShapeOf(network), classes, imagesPerClass, innerStep, inputs, labelLogits };
  const aggregate = initialParameters(network, 1);
  const plan = { seed: 1, task, dynafed };
  return () => timed(() => refineRound({ plan, round: 2, aggregate, newest: { round: 1, set } }));
}

/**
 * Runs a synthesis of `dynafed.iterations` iterations. `onIteration` gets the milliseconds of each. The time until its
 * promise resolves does not count; a rejection ends the synthesis.
 */
export async function timeSynthesis(
  { task, dynafed }: TimedDynafed,
  onIteration: (ms: number) => void | Promise<void>,
): Promise<void> {
  const spec = networkOf({ task });
  const start = initialParameters(spec, 1);
  const rng = createRng(2);
  const trajectory = Array.from({ length: dynafed.snapshots }, (_, round) =>
    start.map((value) => value + 0.01 * round * (1 + rng.normal())),
  );
  let begin = performance.now();
  await synthesize({
    ...{ spec, trajectory, settings: dynafed, seed: 3 },
    async onIteration() {
      await onIteration(performance.now() - begin);
      begin = performance.now();
    },
  });
}

/** The median of `count` runs in milliseconds, after one that compiles, fills caches and does not count. */
export async function medianOf(trial: Trial, count: number): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at <= count; at++) times.push(await trial());
  return median(times.slice(1));
}

/** The middle value, or the mean of the middle two. NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}
