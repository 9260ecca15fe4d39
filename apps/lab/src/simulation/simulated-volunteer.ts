import { type Dataset, holdOut, holdOutRuleOf } from "@tributary/model";
import { reasonOf } from "@tributary/platform";
import type { Plan } from "@tributary/protocol";
import {
  type ClientMemory,
  emptyMemory,
  finishedUpdate,
  playLocalRound,
  remember,
  settle,
  type TrainedRound,
  type TrainingResult,
} from "@tributary/volunteer";
import { type Frames, readRound, updateFrames } from "./wire.ts";

/** What stays with a volunteer from one of its rounds to the next. */
export type VolunteerMemory = ClientMemory;

/** `diverged`: the training left the finite numbers. A live volunteer offers no such update either. */
export type Trained =
  | { readonly outcome: "trained"; readonly frames: Frames }
  | { readonly outcome: "diverged"; readonly detail: string };

/** A volunteer without a socket: frames in, frames out. */
export type SimulatedVolunteer = {
  readonly examples: number;
  /** Trains on what the frames bring. Throws what `readRound` and the training throw. */
  train(round: Frames): Promise<Trained>;
  /** Takes the server's last word on the update of a round. */
  settle(round: number, counted: boolean): void;
  memory(): VolunteerMemory;
};

/**
 * `source` names the data, and with it the order of batches, as it does for a live volunteer. What the plan's task says is
 * held out to measure models with.
 */
export function createSimulatedVolunteer(
  plan: Plan,
  source: string,
  dataset: Dataset,
  remembered: VolunteerMemory | null = null,
): SimulatedVolunteer {
  let memory = remembered ?? emptyMemory;
  const data = { dataset, source, parts: holdOut(dataset, holdOutRuleOf(plan)) };
  return {
    examples: data.parts.train.length,
    memory: () => memory,
    settle(round, counted) {
      memory = settle(memory, round, counted);
    },
    async train(frames) {
      const { round, snapshot, parameters: start, control } = readRound(frames);
      const trained = await playLocalRound(data, memory, { plan, round, start, snapshot, control });
      const kept = remember(memory, plan, { round, snapshot }, trained);
      memory = kept.memory;
      return offered({ round, snapshot, start, plan }, { ...trained, controlDelta: kept.controlDelta });
    },
  };
}

function offered(round: TrainedRound, result: TrainingResult): Trained {
  try {
    const update = finishedUpdate(round, result, 0);
    return { outcome: "trained", frames: updateFrames(update.offer, update.bytes) };
  } catch (error) {
    return { outcome: "diverged", detail: reasonOf(error) };
  }
}
