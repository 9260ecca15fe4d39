/** The trainer of page and Node alike: local training on TensorFlow.js's current backend. */
import { type Dataset, localSeed, trainLocally } from "@tributary/model";
import { type BackendName, encodeValues, hashOf } from "@tributary/protocol";
import type { Trainer, TrainingRequest, TrainingResult } from "../types.ts";
import { type ClientMemory, emptyMemory, remember, settle, trainingFrom } from "./client-memory.ts";
import { decodeClientMemory, encodeClientMemory } from "./client-memory-bytes.ts";

export type CreateLocalTrainerOptions = {
  readonly dataset: Dataset;
  /** Names the data in the seed of every round: "shard-3", or "own-" and a random label of this volunteer. */
  readonly source: string;
  /** The backend that the caller has made TensorFlow.js's current one, with `prepareBackend` done. */
  readonly backend: BackendName;
};

export type LocalTrainer = Trainer & {
  /** What the next round goes on from; null while there is nothing. */
  exportMemory(): Uint8Array | null;
  /** Takes up an exported memory; false, and no change, for bytes that are none. */
  importMemory(bytes: Uint8Array): boolean;
};

/**
 * Trains in the order of the calls, one round at a time. With `plan.local.keepOptimizerState` a round goes on
 * from the optimiser state of the last round that was trained to its end, and under a strategy with control variates
 * from the client's own; a round called off leaves no trace.
 * Tensors live only during `train`.
 */
export function createLocalTrainer({ dataset, source, backend }: CreateLocalTrainerOptions): LocalTrainer {
  let memory: ClientMemory = emptyMemory;
  let last: Promise<unknown> = Promise.resolve();

  async function train(request: TrainingRequest): Promise<TrainingResult> {
    const { plan, round, start, control, onBatch, signal } = request;
    if (signal.aborted) throw signal.reason;
    const snapshot = hashOf(encodeValues(start, "float32"));
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
    if (signal.aborted) throw signal.reason;
    // The memory as it is now: the fate of the update before may have become known during the training.
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
