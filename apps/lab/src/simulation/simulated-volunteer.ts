import { type Dataset, localSeed, trainLocally } from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import {
  type ClientMemory,
  emptyMemory,
  finishedUpdate,
  remember,
  settle,
  trainingFrom,
} from "@tributary/volunteer";
import { type Frames, readRound, updateFrames } from "./wire.ts";

/** What stays with a volunteer from one of its rounds to the next. */
export type VolunteerMemory = ClientMemory;

/** A volunteer without a socket: frames in, frames out. */
export type SimulatedVolunteer = {
  readonly examples: number;
  /** Every update counts: its last word is in when it is made. */
  train(round: Frames): Promise<Frames>;
  memory(): VolunteerMemory;
};

/** `source` names the data, and with it the order of batches, as it does for a live volunteer. */
export function createSimulatedVolunteer(
  plan: Plan,
  source: string,
  dataset: Dataset,
  remembered: VolunteerMemory | null = null,
): SimulatedVolunteer {
  let memory = remembered ?? emptyMemory;
  return {
    examples: dataset.count,
    memory: () => memory,
    train: async (frames) => {
      const { round, snapshot, parameters: start, control } = readRound(frames);
      const trained = await trainLocally({
        spec: plan.network,
        start,
        dataset,
        preprocessing: plan.preprocessing,
        local: plan.local,
        ...trainingFrom(memory, plan, { start, snapshot }, control),
        seed: localSeed(plan.seed, round, source),
      });
      const kept = remember(memory, plan, { round, snapshot }, trained);
      memory = settle(kept.memory, round, true);
      const { controlDelta } = kept;
      const update = finishedUpdate({ round, snapshot, start, plan }, { ...trained, controlDelta }, 0);
      return updateFrames(update.offer, update.bytes);
    },
  };
}
