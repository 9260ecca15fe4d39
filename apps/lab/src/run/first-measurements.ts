/** Measures, before a run begins, what its plan's work costs here. The first estimate rests on it. */
import { type DynafedSettings, type Plan, sampleOf } from "@tributary/protocol";
import { evaluationTrial, medianOf, refineTrial, timeSynthesis, trainingTrial } from "../timing/trials.ts";
import { type Measurement, variantOf, type WorkKind } from "./estimate.ts";

/** The largest trials. Cost is taken to be proportional to size, so that small ones are enough. */
const BATCHES = 2;
const IMAGES = 100;
const IMAGES_PER_CLASS = 2;
const STEPS = 2;

/** One measurement, on noise, of each kind of work that the plan has, after a first run that fills caches. */
export async function firstMeasurements(plan: Plan): Promise<readonly Measurement[]> {
  const variant = variantOf(plan);
  const measured = (kind: WorkKind, size: number, ms: number): Measurement => ({
    ...{ kind, variant, size, seconds: ms / 1000 },
  });
  const { local, dynafed } = plan;
  const sample = sampleOf(plan);
  const timed = { ...plan, local: { ...local, epochs: 1 } };
  const images = Math.min(IMAGES, sample.test);
  const training = await medianOf(trainingTrial(timed, BATCHES * local.batchSize), 1);
  const evaluation = await medianOf(evaluationTrial(timed, images), 1);
  const always = [
    measured("train", BATCHES / batchesOfRound(plan), training),
    measured("evaluate", images / sample.test, evaluation),
  ];
  if (dynafed === null) return always;
  const small = { ...timed, dynafed: smallOf(dynafed) };
  const iterations: number[] = [];
  await timeSynthesis(small, (ms) => void iterations.push(ms));
  const { imagesPerClass, innerSteps, refineSteps } = small.dynafed;
  return [
    ...always,
    measured("synthesize", imagesPerClass * innerSteps, iterations.at(-1) ?? 0),
    measured("refine", imagesPerClass * refineSteps, await medianOf(refineTrial(small), 1)),
  ];
}

/** Batches that the members of a round train on in all. */
function batchesOfRound(plan: Plan): number {
  const { cohort, local } = plan;
  const sample = sampleOf(plan);
  const members = Math.min(cohort.size, sample.shards);
  return members * local.epochs * Math.max(1, sample.train / sample.shards / local.batchSize);
}

function smallOf(dynafed: DynafedSettings): DynafedSettings {
  return {
    ...dynafed,
    imagesPerClass: Math.min(dynafed.imagesPerClass, IMAGES_PER_CLASS),
    innerSteps: Math.min(dynafed.innerSteps, STEPS),
    refineSteps: Math.min(dynafed.refineSteps, STEPS),
    iterations: 2,
    patience: 0,
    snapshots: Math.min(dynafed.snapshots, dynafed.ahead + 2),
  };
}
