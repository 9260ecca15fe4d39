/** What a simulated run holds between effects: its volunteers, its models by hash, and the row of the open round. */

import { takeExamples } from "@tributary/datasets";
import {
  type Dataset,
  initialParameters,
  initSeed,
  type SynthesisCheckpoint,
  splitSeed,
} from "@tributary/model";
import {
  encodeValues,
  type Hash,
  hashOf,
  type Measurement,
  networkOf,
  type Plan,
  sampleOf,
  type VolunteerId,
} from "@tributary/protocol";
import type { RoundAggregate, RunState } from "@tributary/rounds";
import type { StrategyState } from "@tributary/strategy";
import { federatedHeadline } from "../data/federated.ts";
import { someExamples, splitExamples, usualSplit } from "../data/split.ts";
import type {
  SimulatedRefusal,
  SimulatedRound,
  SimulatedSynthesis,
  SimulationCheckpoint,
  SimulationData,
  SimulationOptions,
} from "./simulated-run.ts";
import { createSimulatedVolunteer, type SimulatedVolunteer } from "./simulated-volunteer.ts";

/** The state that a run's effects work on. */
export type Simulation = {
  readonly plan: Plan;
  readonly start: Hash;
  readonly test: Dataset;
  readonly options: SimulationOptions;
  readonly volunteers: ReadonlyMap<VolunteerId, SimulatedVolunteer>;
  readonly models: Map<Hash, Float32Array>;
  readonly trajectory: Float32Array[];
  readonly rounds: SimulatedRound[];
  readonly refusals: SimulatedRefusal[];
  strategyState: StrategyState;
  synthesis: SimulatedSynthesis | null;
  synthesizing: SynthesisCheckpoint | null;
  open: OpenRound | null;
};

/** A round from its opening until its row is written. */
export type OpenRound = {
  readonly round: number;
  readonly aggregate: RoundAggregate;
  bytesUp: number;
  bytesDown: number;
  /** Sum of loss x examples. */
  lossSum: number;
  /** Examples that the sum counts. */
  trained: number;
  /** Of the aggregate and, where there is one, of the refined model. */
  measured: readonly Measurement[];
  /** What the members measured of the round's model on what they hold out. */
  readonly evaluations: Measurement[];
};

/** Cuts the data into shards, one volunteer each, and draws the initial model or takes up the checkpoint's. */
export function openSimulation(plan: Plan, data: SimulationData, options: SimulationOptions): Simulation {
  const checkpoint = options.checkpoint ?? null;
  const sample = sampleOf(plan);
  const { split = usualSplit(plan) } = options;
  const train = someExamples({ dataset: data.train, groups: data.groups ?? null }, sample.train);
  const shards = splitExamples(train, split, { clients: sample.shards, seed: splitSeed(plan.seed) });
  const volunteers = new Map(
    shards.map((indices, index) => {
      const source = `shard-${index}`;
      const memory = checkpoint?.volunteers.get(source) ?? null;
      return [
        source,
        createSimulatedVolunteer(plan, source, takeExamples(train.dataset, indices), memory),
      ] as const;
    }),
  );
  const parameters = checkpoint?.parameters ?? initialParameters(networkOf(plan), initSeed(plan.seed));
  const start = nameOf(parameters);
  return {
    plan,
    start,
    test: someExamples({ dataset: data.test, groups: null }, sample.test).dataset,
    options,
    volunteers,
    models: new Map([[start, parameters]]),
    trajectory: [...(checkpoint?.trajectory ?? [parameters])],
    rounds: [...(checkpoint?.rounds ?? [])],
    refusals: [...(checkpoint?.refusals ?? [])],
    strategyState: checkpoint?.strategyState ?? {},
    synthesis: checkpoint?.synthesis ?? null,
    synthesizing: checkpoint?.synthesizing ?? null,
    open: null,
  };
}

/** What `simulate` goes on from. Throws while a round is open. */
export function checkpointOf(
  simulation: Simulation,
  state: RunState,
  synthesizing: SynthesisCheckpoint | null,
): SimulationCheckpoint {
  if (state.phase !== "waiting" && state.phase !== "synthesizing" && state.phase !== "finished") {
    throw new Error(`expected a run between two rounds, got one that is ${state.phase}`);
  }
  const { rounds, refusals, trajectory, strategyState, synthesis, volunteers } = simulation;
  return {
    state,
    rounds: [...rounds],
    refusals: [...refusals],
    parameters: modelOf(simulation, state.snapshot),
    strategyState,
    trajectory: [...trajectory],
    volunteers: new Map([...volunteers].map(([id, volunteer]) => [id, volunteer.memory()])),
    synthesis,
    synthesizing,
  };
}

/** Writes the row of the round that is over, and says whether one was. */
export function finishRound(simulation: Simulation): boolean {
  const { open } = simulation;
  if (open === null) return false;
  simulation.open = null;
  const { round, aggregate, bytesUp, bytesDown, lossSum, trained } = open;
  const [measured, refined = null] = open.measured;
  if (measured === undefined) throw new Error(`expected round ${round} to be measured before it is over`);
  const row: SimulatedRound = {
    round,
    participants: aggregate.updates(),
    aggregate: measured,
    refined,
    federated: federatedHeadline(open.evaluations, simulation.plan.task.evaluation.headline),
    loss: trained === 0 ? null : lossSum / trained,
    bytesUp,
    bytesDown,
  };
  simulation.rounds.push(row);
  simulation.options.onRound?.(row);
  return true;
}

function nameOf(parameters: Float32Array): Hash {
  return hashOf(encodeValues(parameters, "float32"));
}

/** Keeps a model under its hash, which is returned. */
export function keep(simulation: Simulation, parameters: Float32Array): Hash {
  const hash = nameOf(parameters);
  simulation.models.set(hash, parameters);
  return hash;
}

/** The model of this hash. Throws if it is not kept. */
export function modelOf({ models }: Simulation, hash: Hash): Float32Array {
  const parameters = models.get(hash);
  if (parameters === undefined) throw new Error(`the simulation has no snapshot ${hash}`);
  return parameters;
}

/** Throws if there is no such volunteer. */
export function volunteerOf({ volunteers }: Simulation, id: VolunteerId): SimulatedVolunteer {
  const volunteer = volunteers.get(id);
  if (volunteer === undefined) throw new Error(`the simulation has no volunteer ${id}`);
  return volunteer;
}

/** Throws if no round is open. */
export function openRoundOf({ open }: Simulation): OpenRound {
  if (open === null) throw new Error("no round is open");
  return open;
}
