/** The results, options and checkpoints of a simulated run. */
import type { Dataset, SynthesisCheckpoint, SyntheticSet } from "@tributary/model";
import type { Measurement, RefusalReason, VolunteerId } from "@tributary/protocol";
import type { RunEffect, RunState } from "@tributary/rounds";
import type { StrategyState } from "@tributary/strategy";
import type { FederatedHeadline } from "../data/federated.ts";
import type { Split } from "../data/split.ts";
import type { VolunteerMemory } from "./simulated-volunteer.ts";

/** A round that was aggregated. */
export type SimulatedRound = {
  /** Abandoned rounds have numbers too, so that this may run ahead of the number of rows. */
  readonly round: number;
  /** Updates in the aggregate. */
  readonly participants: number;
  /** The aggregate on the test examples. */
  readonly aggregate: Measurement;
  /** The refined model on the test examples; null before the synthesis, and without DynaFed. */
  readonly refined: Measurement | null;
  /** What the members measured, before they trained, on what they hold out; null where nobody holds anything out. */
  readonly federated: FederatedHeadline | null;
  /** Mean local training loss, weighted by examples; null where no volunteer trained. */
  readonly loss: number | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** Of the model that the next round starts from. */
export function measuredAfter({
  aggregate,
  refined,
}: Pick<SimulatedRound, "aggregate" | "refined">): Measurement {
  return refined ?? aggregate;
}

/** What a run trains and is measured on. */
export type SimulationData = {
  readonly train: Dataset;
  readonly test: Dataset;
  /** The text of a column for each training example, to split by. Default: none. */
  readonly groups?: readonly string[] | null;
};

/** An update that did not count, for the reason that a live run would give. */
export type SimulatedRefusal = {
  readonly round: number;
  readonly volunteer: VolunteerId;
  readonly reason: RefusalReason;
  readonly detail: string;
};

/** The newest synthetic set, the round after which it was learned, and D of each of its iterations. */
export type SimulatedSynthesis = {
  readonly round: number;
  readonly set: SyntheticSet;
  readonly distances: readonly number[];
};

/** What a run comes to. */
export type SimulationResult = {
  readonly rounds: readonly SimulatedRound[];
  readonly refusals: readonly SimulatedRefusal[];
  readonly synthesis: SimulatedSynthesis | null;
  /** The last round's model. */
  readonly parameters: Float32Array;
};

/**
 * A run between two rounds, or within its synthesis. What has not changed since the checkpoint before is the same object,
 * so that a store can write the changes alone.
 */
export type SimulationCheckpoint = {
  readonly state: RunState;
  readonly rounds: readonly SimulatedRound[];
  readonly refusals: readonly SimulatedRefusal[];
  /** The model that the state's snapshot names. */
  readonly parameters: Float32Array;
  readonly strategyState: StrategyState;
  readonly trajectory: readonly Float32Array[];
  readonly volunteers: ReadonlyMap<VolunteerId, VolunteerMemory>;
  readonly synthesis: SimulatedSynthesis | null;
  /** The synthesis that is under way. */
  readonly synthesizing: SynthesisCheckpoint | null;
};

/** `until-synthesis`: from then on no volunteer trains, and the server alone goes on refining. */
export type VolunteersTrain = "always" | "until-synthesis";

/** All optional: a run needs none. */
export type SimulationOptions = {
  /** Default: the usual one of the plan. */
  readonly split?: Split;
  readonly onRound?: (round: SimulatedRound) => void;
  readonly onRefusal?: (refusal: SimulatedRefusal) => void;
  readonly onAbandoned?: (round: number) => void;
  /** `iterations`: the most that this synthesis does. */
  readonly onIteration?: (iteration: number, distance: number, iterations: number) => void;
  /** Called after each effect, to measure how long it took. */
  readonly onPerformed?: (effect: RunEffect["type"]) => void;
  /** Goes on from here. The plan, data and other options must be those of the run that the checkpoint is of. */
  readonly checkpoint?: SimulationCheckpoint | null;
  /** Called after every round; within a synthesis where `isCheckpointDue` says so, and when the signal aborts it. */
  readonly onCheckpoint?: (checkpoint: SimulationCheckpoint) => Promise<void>;
  readonly isCheckpointDue?: () => boolean;
  readonly signal?: AbortSignal;
  /** Default: always. */
  readonly volunteersTrain?: VolunteersTrain;
};
