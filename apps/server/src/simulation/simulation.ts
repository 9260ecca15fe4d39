/** What a simulated run holds between effects: its volunteers, its models by hash, and the row of the open round. */
import {
  type Aggregate,
  balancedSubset,
  type Dataset,
  dirichletSplit,
  initialParameters,
  initSeed,
  type SyntheticSet,
  splitSeed,
  takeExamples,
} from "@tributary/model";
import { encodeValues, type Hash, hashOf, type Plan, type VolunteerId } from "@tributary/protocol";
import { createSimulatedVolunteer, type SimulatedVolunteer } from "./simulated-volunteer.ts";

export type SimulatedRound = {
  readonly round: number;
  readonly participants: number;
  readonly accuracyAveraged: number;
  /** null before the synthesis, and in plain averaging. */
  readonly accuracyRefined: number | null;
  /** Of the model that the next round starts from. */
  readonly accuracy: number;
  /** Mean local training loss, weighted by examples. */
  readonly loss: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

export type SimulationResult = {
  readonly rounds: readonly SimulatedRound[];
  readonly synthesis: {
    readonly round: number;
    readonly set: SyntheticSet;
    readonly distances: readonly number[];
  } | null;
  readonly parameters: Float32Array;
};

export type SimulationProgress = {
  readonly onRound?: (round: SimulatedRound) => void;
  readonly onIteration?: (iteration: number, distance: number) => void;
};

/** Everything that a run's effects work on. */
export type Simulation = {
  readonly plan: Plan;
  readonly start: Hash;
  readonly test: Dataset;
  readonly progress: SimulationProgress;
  readonly volunteers: ReadonlyMap<VolunteerId, SimulatedVolunteer>;
  readonly models: Map<Hash, Float32Array>;
  readonly trajectory: Float32Array[];
  readonly rounds: SimulatedRound[];
  synthesis: SimulationResult["synthesis"];
  open: OpenRound | null;
};

export type OpenRound = {
  readonly round: number;
  readonly aggregate: Aggregate;
  bytesUp: number;
  bytesDown: number;
  /** Sum of loss x examples. */
  lossSum: number;
  accuracies: readonly number[];
};

/** Cuts the data into shards, one volunteer each, and draws the initial model. */
export function openSimulation(
  plan: Plan,
  data: { readonly train: Dataset; readonly test: Dataset },
  progress: SimulationProgress,
): Simulation {
  const train = sampleOf(data.train, plan.sample.train);
  const shards = dirichletSplit({
    labels: train.labels,
    classes: train.classes,
    clients: plan.sample.shards,
    alpha: plan.sample.alpha,
    seed: splitSeed(plan.seed),
  });
  const volunteers = new Map(
    shards.map((indices, index) => {
      const source = `shard-${index}`;
      return [source, createSimulatedVolunteer(plan, source, takeExamples(train, indices))] as const;
    }),
  );
  const parameters = initialParameters(plan.network, initSeed(plan.seed));
  const start = nameOf(parameters);
  return {
    plan,
    start,
    test: sampleOf(data.test, plan.sample.test),
    progress,
    volunteers,
    models: new Map([[start, parameters]]),
    trajectory: [parameters],
    rounds: [],
    synthesis: null,
    open: null,
  };
}

/** The whole set where it is asked for, balanced or not. */
function sampleOf(dataset: Dataset, count: number): Dataset {
  return count === dataset.count ? dataset : balancedSubset(dataset, count);
}

/** Writes the row of the round that is over, if one is. */
export function finishRound(simulation: Simulation): void {
  const { open } = simulation;
  if (open === null) return;
  simulation.open = null;
  const { round, aggregate, bytesUp, bytesDown, lossSum } = open;
  const [accuracyAveraged = 0, accuracyRefined = null] = open.accuracies;
  const row: SimulatedRound = {
    round,
    participants: aggregate.updates,
    accuracyAveraged,
    accuracyRefined,
    accuracy: accuracyRefined ?? accuracyAveraged,
    loss: lossSum / aggregate.examples,
    bytesUp,
    bytesDown,
  };
  simulation.rounds.push(row);
  simulation.progress.onRound?.(row);
}

function nameOf(parameters: Float32Array): Hash {
  return hashOf(encodeValues(parameters, "float32"));
}

/** Adds a model under its hash. */
export function keep(simulation: Simulation, parameters: Float32Array): Hash {
  const hash = nameOf(parameters);
  simulation.models.set(hash, parameters);
  return hash;
}

export function modelOf({ models }: Simulation, hash: Hash): Float32Array {
  const parameters = models.get(hash);
  if (parameters === undefined) throw new Error(`the simulation has no snapshot ${hash}`);
  return parameters;
}

export function volunteerOf({ volunteers }: Simulation, id: VolunteerId): SimulatedVolunteer {
  const volunteer = volunteers.get(id);
  if (volunteer === undefined) throw new Error(`the simulation has no volunteer ${id}`);
  return volunteer;
}

export function openRoundOf({ open }: Simulation): OpenRound {
  if (open === null) throw new Error("no round is open");
  return open;
}
