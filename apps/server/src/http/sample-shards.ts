/**
 * The sample shards that the server lends to volunteers: the plan's split of its sample data, pictures as gzip IDX files and
 * rows as one gzip file (`formatRowFile`).
 * The split is computed once a run, a shard's bytes when they are first asked for.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  classSizes,
  dirichletSplit,
  formatIdx,
  formatRowFile,
  subsetOf,
  takeExamples,
  tenthsOf,
} from "@tributary/datasets";
import type { Datasets } from "@tributary/datasets/node";
import { type Dataset, splitSeed } from "@tributary/model";
import { sha256 } from "@tributary/platform";
import { type Plan, type ShardList, sampleOf } from "@tributary/protocol";

/** Pictures have images and labels, rows of a table are one part. */
export type ShardPart = "images" | "labels" | "rows";
/** A part's file; `etag` names its uncompressed content. */
export type ShardFile = { readonly gzip: Buffer; readonly etag: string };

export type SampleShards = {
  list(run: string, plan: Plan): Promise<ShardList>;
  /** null: the run has no such shard, or its shards have no such part. */
  file(run: string, plan: Plan, index: number, part: ShardPart): Promise<ShardFile | null>;
};

/** How many runs keep their shards in memory. */
const mostRuns = 8;

type Split = {
  readonly dataset: Dataset;
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
      if (plan.sample === null) return { shards: [] };
      const { dataset, shards } = await splitOf(run, plan);
      return {
        shards: shards.map((indices, index) => ({
          index,
          examples: indices.length,
          perClass: perClassOf(takeExamples(dataset, indices)),
        })),
      };
    },
    async file(run, plan, index, part) {
      if (plan.sample === null || hasRows(plan) !== (part === "rows")) return null;
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

function hasRows({ task }: Plan): boolean {
  return task.kind !== "image-classification";
}

async function splitSample(datasets: Datasets, plan: Plan): Promise<Split> {
  const { dataset: name, train, shards: clients, alpha } = sampleOf(plan);
  const dataset = subsetOf(await datasets.train(name, plan.task), train);
  const seed = splitSeed(plan.seed);
  return {
    dataset,
    shards: dirichletSplit({ ...classesOf(dataset), clients, alpha, seed }),
    files: new Map(),
  };
}

/** What a split makes uneven: the classes, or the tenths of a regression's numbers. */
function classesOf(dataset: Dataset): { readonly labels: Uint8Array; readonly classes: number } {
  return dataset.kind === "value-rows" ? { labels: tenthsOf(dataset.values), classes: 10 } : dataset;
}

/** None for a regression. */
function perClassOf(shard: Dataset): number[] {
  return shard.kind === "value-rows" ? [] : [...classSizes(shard)];
}

async function encodeShard(shard: Dataset, part: ShardPart): Promise<ShardFile> {
  const bytes = bytesOf(shard, part);
  const etag = `"${sha256(bytes).slice(0, 32)}"`;
  return { gzip: await promisify(gzip)(bytes), etag };
}

function bytesOf(shard: Dataset, part: ShardPart): Uint8Array {
  if (shard.kind !== "images") return formatRowFile(shard);
  const [height, width, channels] = shard.image;
  const imageShape = channels === 1 ? [height, width] : [height, width, channels];
  if (part === "images") return formatIdx([shard.count, ...imageShape], shard.pixels);
  return formatIdx([shard.count], shard.labels);
}
