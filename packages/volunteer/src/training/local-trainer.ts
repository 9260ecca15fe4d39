/** The trainer of pages and of Node: local training on TensorFlow.js's current backend. */
import { type Dataset, type LocalTrainingResult, localSeed, trainLocally } from "@tributary/model";
import { type BackendName, encodeValues, type Hash, hashOf } from "@tributary/protocol";
import type { Trainer, TrainingRequest, TrainingResult } from "../types.ts";
import { type ClientMemory, emptyMemory, remember, settle, trainingFrom } from "./client-memory.ts";
import { decodeClientMemory, encodeClientMemory } from "./client-memory-bytes.ts";

/** The data to train on, and how to. */
export type CreateLocalTrainerOptions = {
  readonly dataset: Dataset;
  /** The data's name in the seed of every round: "shard-3", or "own-" and a random label of this volunteer. */
  readonly source: string;
  /** TensorFlow.js's current backend, on which the caller has called `prepareBackend`. */
  readonly backend: BackendName;
};

/** A trainer whose client memory can be kept over a reload. */
export type LocalTrainer = Trainer & {
  /** The client's memory as bytes; null while there is nothing to remember. */
  exportMemory(): Uint8Array | null;
  /**
   * Goes on from an exported memory. Returns false and changes nothing for bytes that `exportMemory` did not write.
   */
  importMemory(bytes: Uint8Array): boolean;
};

/**
 * Trains one round at a time, in the order of the calls. With `plan.local.keepOptimizerState` a round goes on from
 * the optimiser's state after the last round that was trained to its end; under a strategy with control variates,
 * from the client's own. A round that is called off leaves no trace. Tensors live only during `train`.
 */
export function createLocalTrainer(options: CreateLocalTrainerOptions): LocalTrainer {
  const { dataset, backend } = options;
  let memory: ClientMemory = emptyMemory;
  let last: Promise<unknown> = Promise.resolve();

  async function train(request: TrainingRequest): Promise<TrainingResult> {
    const { plan, round, start } = request;
    const snapshot = hashOf(encodeValues(start, "float32"));
    const result = await trainFrom(memory, snapshot, options, request);
    // The memory as it is now: the last word on the update before may have come during the training.
    const remembered = remember(memory, plan, { round, snapshot }, result);
    memory = remembered.memory;
    return { ...result, controlDelta: remembered.controlDelta };
  }

  return {
    examples: dataset.count,
    backend,
    train(request) {
      const result = last.then(() => train(request));
      last = result.catch(() => undefined);
      return result;
    },
    async settle(round, counted) {
      memory = settle(memory, round, counted);
    },
    exportMemory: () =>
      Object.values(memory).every((part) => part === null) ? null : encodeClientMemory(memory),
    importMemory(bytes) {
      const decoded = decodeClientMemory(bytes);
      if (decoded === null) return false;
      memory = decoded;
      return true;
    },
    async dispose() {
      await last;
      memory = emptyMemory;
    },
  };
}

/** One round of local training. Throws the signal's reason where it was called off, even if that came too late. */
async function trainFrom(
  memory: ClientMemory,
  snapshot: Hash,
  { dataset, source }: CreateLocalTrainerOptions,
  { plan, round, start, control, onBatch, signal }: TrainingRequest,
): Promise<LocalTrainingResult> {
  signal.throwIfAborted();
  const result = await trainLocally({
    spec: plan.network,
    start,
    dataset,
    preprocessing: plan.preprocessing,
    local: plan.local,
    ...trainingFrom(memory, plan, { start, snapshot }, control),
    seed: localSeed(plan.seed, round, source),
    onBatch,
    signal,
  });
  signal.throwIfAborted();
  return result;
}
