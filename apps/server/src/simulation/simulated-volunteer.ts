import {
  type Dataset,
  initialOptimizerState,
  localSeed,
  type OptimizerState,
  trainLocally,
} from "@tributary/model";
import type { Plan } from "@tributary/protocol";
import { type Frames, readRound, updateFrames } from "./wire.ts";

/** A volunteer without a socket: frames in, frames out. Its optimiser state stays with it between rounds. */
export type SimulatedVolunteer = { train(round: Frames): Promise<Frames> };

/** `source` names the data, and with it the order of batches, as it does for a live volunteer. */
export function createSimulatedVolunteer(plan: Plan, source: string, dataset: Dataset): SimulatedVolunteer {
  let kept: OptimizerState | null = null;
  return {
    train: async (frames) => {
      const { round, snapshot, parameters: start } = readRound(frames);
      const { optimizer, keepOptimizerState } = plan.local;
      const trained = await trainLocally({
        spec: plan.network,
        start,
        dataset,
        preprocessing: plan.preprocessing,
        local: plan.local,
        optimizerState: kept ?? initialOptimizerState(optimizer, start.length),
        seed: localSeed(plan.seed, round, source),
      });
      kept = keepOptimizerState ? trained.optimizerState : null;
      const delta = trained.parameters.map((value, at) => value - (start[at] ?? 0));
      const { examples, loss, accuracy } = trained;
      return updateFrames({ round, snapshot, examples, loss, accuracy, delta }, plan.updateDtype);
    },
  };
}
