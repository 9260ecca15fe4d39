/**
 * The sample shards that the server lends to volunteers: the plan's split of its sample data, as gzip IDX files.
 * The split is computed once a run, a shard's bytes when they are first asked for.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { dirichletSplit, formatIdx, stratifiedSubset, takeExamples } from "@tributary/datasets";
import type { Datasets } from "@tributary/datasets/node";
import { type ImageDataset, splitSeed } from "@tributary/model";
import { sha256 } from "@tributary/platform";
import { type Plan, type ShardList, sampleOf } from "@tributary/protocol";

export type ShardPart = "images" | "labels";
/** An IDX file; `etag` names its uncompressed content. */
export type ShardFile = { readonly gzip: Buffer; readonly etag: string };

export type SampleShards = {
  list(run: string, plan: Plan): Promise<ShardList>;
  /** null: the run has no such shard. */
  file(run: string, plan: Plan, index: number, part: ShardPart): Promise<ShardFile | null>;
};

/** How many runs keep their shards in memory. */
const mostRuns = 8;

type Split = {
  readonly dataset: ImageDataset;
  readonly shards: readonly Uint32Array[];
  readonly files: Map<string, Promise<ShardFile>>;
};

export function createSampleShards(datasets: Datasets): SampleShards {
  const splits = new Map<string, Promise<Split>>();

  const splitOf = (run: string, plan: Plan): Promise<Split> => {
    const split = splits.get(run) ?? splitSample(datasets, plan);
    // Set anew at each use, so that the first of the map is the one unused for longest.
    splits.delete(run);
    splits.set(run, split);
    split.catch(() => splits.delete(run));
    for (const oldest of [...splits.keys()].slice(0, -mostRuns)) splits.delete(oldest);
    return split;
  };

  return {
    async list(run, plan) {
      if (!hasShards(plan)) return { shards: [] };
      const { dataset, shards } = await splitOf(run, plan);
      return {
        shards: shards.map((indices, index) => ({
          index,
          examples: indices.length,
          perClass: countPerClass(dataset, indices),
        })),
      };
    },
    async file(run, plan, index, part) {
      if (!hasShards(plan)) return null;
      const { dataset, shards, files } = await splitOf(run, plan);
      const indices = shards[index];
      if (indices === undefined) return null;
      const key = `${index}/${part}`;
      const file = files.get(key) ?? encodeShard(takeExamples(dataset, indices), part);
      files.set(key, file);
      file.catch(() => files.delete(key));
      return file;
    },
  };
}

/** Pictures alone are lent: whoever trains on rows has a file of them. */
function hasShards({ sample, task }: Plan): boolean {
  return sample !== null && task.kind === "image-classification";
}

async function splitSample(datasets: Datasets, plan: Plan): Promise<Split> {
  const sample = sampleOf(plan);
  const { train } = await datasets.read(sample.dataset, plan.task);
  const dataset = stratifiedSubset(train, sample.train);
  const shards = dirichletSplit({
    labels: dataset.labels,
    classes: dataset.classes,
    clients: sample.shards,
    alpha: sample.alpha,
    seed: splitSeed(plan.seed),
  });
  return { dataset, shards, files: new Map() };
}

function countPerClass(dataset: ImageDataset, indices: Uint32Array): number[] {
  const counts = new Array<number>(dataset.classes).fill(0);
  for (const index of indices) {
    const label = dataset.labels[index] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

async function encodeShard(shard: ImageDataset, part: ShardPart): Promise<ShardFile> {
  const [height, width, channels] = shard.image;
  const imageShape = channels === 1 ? [height, width] : [height, width, channels];
  const bytes =
    part === "images"
      ? formatIdx([shard.count, ...imageShape], shard.pixels)
      : formatIdx([shard.count], shard.labels);
  const etag = `"${sha256(bytes).slice(0, 32)}"`;
  return { gzip: await promisify(gzip)(bytes), etag };
}
