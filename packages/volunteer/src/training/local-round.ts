/** A client's part in a round: it measures the round's model on what it holds out, and trains it on the rest. */
import {
  type Dataset,
  evaluate,
  type HoldOut,
  type LocalTrainingResult,
  localSeed,
  trainLocally,
} from "@tributary/model";
import { Measurement, networkOf, type Plan, preprocessingOf } from "@tributary/protocol";
import { Value } from "typebox/value";
import type { BatchProgress, TrainingSignal } from "../types.ts";
import { type ClientMemory, type RoundStart, trainingFrom } from "./client-memory.ts";

/** A client's examples, divided, and their name in the seed of every round. */
export type ClientData = { readonly dataset: Dataset; readonly parts: HoldOut; readonly source: string };

/** The round's model, and who hears of the training. */
export type LocalRound = RoundStart & {
  readonly plan: Plan;
  readonly round: number;
  /** The server's control variate; see `TrainingRequest`. */
  readonly control: Float32Array | null;
  readonly onBatch?: ((progress: BatchProgress) => void) | undefined;
  readonly signal?: TrainingSignal | undefined;
};

/** What a client's round gives. `evaluation` is of the round's model as it came; null where nothing is held out. */
export type LocalRoundResult = LocalTrainingResult & { readonly evaluation: Measurement | null };

/**
 * Measures, then trains. The same arguments on the same backend give the same bits. Rejects as `evaluate` and
 * `trainLocally` do. A measurement that is not finite is null: no message could carry it, and the training says so.
 */
export async function playLocalRound(
  data: ClientData,
  memory: ClientMemory,
  round: LocalRound,
): Promise<LocalRoundResult> {
  const { plan, start, snapshot, signal } = round;
  const common = {
    spec: networkOf(plan),
    dataset: data.dataset,
    preprocessing: preprocessingOf(plan),
    signal,
  };
  const evaluation = await measureHeldOut(data.parts, { ...common, parameters: start });
  const trained = await trainLocally({
    ...common,
    start,
    examples: data.parts.train,
    local: plan.local,
    ...trainingFrom(memory, plan, { start, snapshot }, round.control),
    seed: localSeed(plan.seed, round.round, data.source),
    onBatch: (progress) => round.onBatch?.(progress),
  });
  return { ...trained, evaluation };
}

async function measureHeldOut(
  { held }: HoldOut,
  options: Parameters<typeof evaluate>[0],
): Promise<Measurement | null> {
  if (held.length === 0) return null;
  const measured: Measurement = await evaluate({ ...options, examples: held });
  return Value.Check(Measurement, measured) ? measured : null;
}
