/** The synthetic set as the dashboard shows it: bytes to paint, label distributions to read. */
import { syntheticSetFromCheckpoint } from "@tributary/model";
import {
  classesOf,
  imageShapeOf,
  inputSizeOf,
  networkOf,
  type Plan,
  type SyntheticSetView,
} from "@tributary/protocol";
import type { Storage, StoredRun } from "@tributary/storage";
import { floatsOf } from "@tributary/storage";

type LearnedSet = {
  readonly imagesPerClass: number;
  readonly inputs: Float32Array;
  readonly labelLogits: Float32Array;
  readonly innerStep: number;
};

/** The finished set, else the newest checkpoint of the synthesis at work, else null. */
export async function syntheticSetView(
  storage: Storage,
  { id: run, plan }: StoredRun,
): Promise<SyntheticSetView | null> {
  const [row, job] = await Promise.all([
    storage.syntheticSets.latest(run),
    storage.jobs.latestSynthesis(run),
  ]);
  const isNewer = job !== null && job.state !== "done" && (row === null || job.round > row.round);
  const checkpoint = isNewer ? await storage.jobs.checkpoint(job.id) : null;
  if (isNewer && checkpoint !== null) {
    return viewOf(syntheticSetFromCheckpoint(checkpoint).set, plan, { round: job.round, final: false });
  }
  if (row === null) return null;
  const set = { ...row, inputs: floatsOf(row.images), labelLogits: floatsOf(row.labelLogits) };
  return viewOf(set, plan, { round: row.round, final: true });
}

function viewOf(
  set: LearnedSet,
  plan: Plan,
  { round, final }: { readonly round: number; readonly final: boolean },
): SyntheticSetView {
  const network = networkOf(plan);
  const shape = imageShapeOf(network);
  // A row of a table is one line of grey pixels too.
  const [height, width, channels] = shape ?? [1, inputSizeOf(network), 1];
  return {
    round,
    final,
    imagesPerClass: set.imagesPerClass,
    image: [height, width, channels],
    innerStep: set.innerStep,
    pixels: Buffer.from(grey(set.inputs)).toString("base64"),
    rows: shape === null ? rowsOf(set.inputs, inputSizeOf(network)).map((row) => Array.from(row)) : null,
    labels: rowsOf(set.labelLogits, classesOf(network)).map(softmax),
  };
}

/** Values of any range as bytes: the smallest becomes 0, the largest 255. */
export function grey(values: Float32Array): Uint8Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const range = most > least ? most - least : 1;
  return Uint8Array.from(values, (value) => Math.round(((value - least) / range) * 255));
}

function rowsOf(values: Float32Array, columns: number): readonly Float32Array[] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    values.subarray(row * columns, (row + 1) * columns),
  );
}

/** exp(z - max z) / sum exp(z - max z) */
export function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
