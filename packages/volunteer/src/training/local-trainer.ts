/** The trainer of pages and of Node: local training on TensorFlow.js's current backend. */
import { type Dataset, type HoldOutRule, holdOut } from "@tributary/model";
import { type BackendName, encodeValues, hashOf } from "@tributary/protocol";
import type { Trainer, TrainingRequest, TrainingResult } from "../types.ts";
import { type ClientMemory, emptyMemory, type RoundStart, remember, settle } from "./client-memory.ts";
import { decodeClientMemory, encodeClientMemory } from "./client-memory-bytes.ts";
import { type ClientData, type LocalRoundResult, playLocalRound } from "./local-round.ts";

/** The data to train on, and how to. */
export type CreateLocalTrainerOptions = {
  readonly dataset: Dataset;
  /** What is held out of the data to measure models with, and never trained on; null: nothing. */
  readonly holdOut: HoldOutRule | null;
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
 * from the client's own. Before each training the round's model is measured on the examples that are held out. A round
 * that is called off leaves no trace. Tensors live only during `train`.
 */
export function createLocalTrainer(options: CreateLocalTrainerOptions): LocalTrainer {
  const { dataset, source, backend } = options;
  const data: ClientData = { dataset, source, parts: holdOut(dataset, options.holdOut) };
  let memory: ClientMemory = emptyMemory;
  let last: Promise<unknown> = Promise.resolve();

  async function train(request: TrainingRequest): Promise<TrainingResult> {
    const { plan, round, start } = request;
    const snapshot = hashOf(encodeValues(start, "float32"));
    const result = await playUncancelled(data, memory, { ...request, snapshot });
    // The memory as it is now: the last word on the update before may have come during the training.
    const remembered = remember(memory, plan, { round, snapshot }, result);
    memory = remembered.memory;
    return { ...result, controlDelta: remembered.controlDelta };
  }

  return {
    examples: data.parts.train.length,
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

/** One round. Throws the signal's reason where it was called off, even if that came too late. */
async function playUncancelled(
  data: ClientData,
  memory: ClientMemory,
  round: TrainingRequest & RoundStart,
): Promise<LocalRoundResult> {
  round.signal.throwIfAborted();
  const result = await playLocalRound(data, memory, round);
  round.signal.throwIfAborted();
  return result;
}
