import {
  type Dataset,
  initialOptimizerState,
  localSeed,
  type OptimizerState,
  trainLocally,
} from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import { type Frames, readRound, updateFrames } from "./wire.ts";

/** What stays with a volunteer from one of its rounds to the next. */
export type VolunteerMemory = { readonly optimizer: OptimizerState | null };

/** A volunteer without a socket: frames in, frames out. */
export type SimulatedVolunteer = {
  readonly examples: number;
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
  let memory: VolunteerMemory = remembered ?? { optimizer: null };
  return {
    examples: dataset.count,
    memory: () => memory,
    train: async (frames) => {
      const { round, snapshot, parameters: start } = readRound(frames);
      const { optimizer, keepOptimizerState } = plan.local;
      const trained = await trainLocally({
        spec: plan.network,
        start,
        dataset,
        preprocessing: plan.preprocessing,
        local: plan.local,
        optimizerState: memory.optimizer ?? initialOptimizerState(optimizer, start.length),
        seed: localSeed(plan.seed, round, source),
      });
      memory = { optimizer: keepOptimizerState ? trained.optimizerState : null };
      const delta = trained.parameters.map((value, at) => value - (start[at] ?? 0));
      const { examples, loss, accuracy } = trained;
      return updateFrames({ round, snapshot, examples, loss, accuracy, delta }, plan.updateDtype);
    },
  };
}
