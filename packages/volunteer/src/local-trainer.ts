/** The trainer of page and Node alike: local training on TensorFlow.js's current backend. */
import {
  type Dataset,
  initialOptimizerState,
  type LocalTrainingResult,
  localSeed,
  type OptimizerState,
  trainLocally,
} from "@tributary/model";
import type { BackendName } from "@tributary/protocol";
import { decodeOptimizerState, encodeOptimizerState, fits } from "./optimizer-bytes.ts";
import type { Trainer, TrainingRequest } from "./types.ts";

export type CreateLocalTrainerOptions = {
  readonly dataset: Dataset;
  /** Names the data in the seed of every round: "shard-3", or "own-" and a random label of this volunteer. */
  readonly source: string;
  /** The backend that the caller has made TensorFlow.js's current one, with `prepareBackend` done. */
  readonly backend: BackendName;
};

export type LocalTrainer = Trainer & {
  /** The optimiser state that the next round goes on from; null while there is none. */
  exportOptimizerState(): Uint8Array | null;
  /** Takes up an exported state; false, and no change, for bytes that are none. */
  importOptimizerState(bytes: Uint8Array): boolean;
};

/**
 * Trains in the order of the calls, one round at a time. With `plan.local.keepOptimizerState` a round goes on
 * from the optimiser state of the last round that was trained to its end; one called off leaves no trace.
 * Tensors live only during `train`.
 */
export function createLocalTrainer({ dataset, source, backend }: CreateLocalTrainerOptions): LocalTrainer {
  let kept: OptimizerState | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function train(request: TrainingRequest): Promise<LocalTrainingResult> {
    const { plan, round, start, onBatch, signal } = request;
    if (signal.aborted) throw signal.reason;
    const { optimizer, keepOptimizerState } = plan.local;
    const goesOn = keepOptimizerState && kept !== null && fits(kept, optimizer.kind, start.length);
    const result = await trainLocally({
      spec: plan.network,
      start,
      dataset,
      preprocessing: plan.preprocessing,
      local: plan.local,
      optimizerState: goesOn && kept ? kept : initialOptimizerState(optimizer, start.length),
      seed: localSeed(plan.seed, round, source),
      onBatch,
      signal,
    });
    if (signal.aborted) throw signal.reason;
    kept = keepOptimizerState ? result.optimizerState : null;
    return result;
  }

  return {
    examples: dataset.count,
    backend,
    train(request) {
      const result = last.then(() => train(request));
      last = result.catch(() => undefined);
      return result;
    },
    exportOptimizerState: () => kept && encodeOptimizerState(kept),
    importOptimizerState(bytes) {
      const state = decodeOptimizerState(bytes);
      if (state === null) return false;
      kept = state;
      return true;
    },
    async dispose() {
      await last;
      kept = null;
    },
  };
}
