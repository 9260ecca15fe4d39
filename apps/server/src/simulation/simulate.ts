/**
 * A whole run in one process: the live round machine, codec, aggregate and numerics, with volunteers that answer at
 * once. Nothing here decides what a run does next; it performs the machine's effects and feeds their results back.
 * Everything is seeded as in a live run, so a live run whose cohorts are everybody has a twin here.
 */
import {
  cohortSeed,
  createAggregate,
  createRng,
  type Dataset,
  evaluate,
  finishAggregate,
  fixedPointScale,
  foldUpdate,
  refine,
  refineSeed,
  synthesisSeed,
  synthesize,
} from "@tributary/model";
import type { DynafedSettings, Hash, Plan, VolunteerId } from "@tributary/protocol";
import { selectCohort } from "../round/cohort.ts";
import { initialState, type RunEffect, rulesOf, step } from "../round/machine.ts";
import type { RunEvent } from "../round/state.ts";
import { deltaProblem } from "../transport/update-check.ts";
import {
  finishRound,
  keep,
  modelOf,
  type OpenRound,
  openRoundOf,
  openSimulation,
  type Simulation,
  type SimulationProgress,
  type SimulationResult,
  volunteerOf,
} from "./simulation.ts";
import { bytesOfFrames, readUpdate, roundFrames } from "./wire.ts";

/**
 * Runs `plan` to its end on TensorFlow.js's current backend. `train` and `test` are the whole data set, of which the
 * plan's `sample` says how much is used. The same arguments on the same backend give the same result to the last bit.
 * Throws where training leaves the finite numbers, saying in which round and at which client.
 */
export async function simulate(
  plan: Plan,
  data: { readonly train: Dataset; readonly test: Dataset },
  progress: SimulationProgress = {},
): Promise<SimulationResult> {
  const simulation = openSimulation(plan, data, progress);
  const rules = rulesOf(plan);
  let state = initialState(plan, simulation.start);
  const events: RunEvent[] = [{ type: "started", atMs: 0 }];
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const next = step(state, event, rules);
    state = next.state;
    for (const effect of next.effects) events.push(...(await perform(simulation, effect)));
  }
  const parameters = modelOf(simulation, state.phase === "finished" ? state.snapshot : simulation.start);
  return { rounds: simulation.rounds, synthesis: simulation.synthesis, parameters };
}

async function perform(simulation: Simulation, effect: RunEffect): Promise<readonly RunEvent[]> {
  const { plan } = simulation;
  switch (effect.type) {
    case "seek-cohort": {
      const { round } = effect;
      finishRound(simulation);
      const rng = createRng(cohortSeed(plan.seed, round));
      const cohort = selectCohort(simulation.volunteers.keys(), plan.cohort.size, rng);
      return [{ type: "cohort-ready", round, cohort, atMs: 0 }];
    }
    case "open-round":
      return trainRound(simulation, effect.round, effect.snapshot, effect.cohort);
    case "aggregate": {
      const { aggregate } = openRoundOf(simulation);
      const averaged = finishAggregate(aggregate, modelOf(simulation, effect.snapshot));
      // Nothing older is asked for again.
      simulation.models.clear();
      return [{ type: "aggregated", round: effect.round, averaged: keep(simulation, averaged), atMs: 0 }];
    }
    case "keep-snapshot":
      if (simulation.synthesis === null) simulation.trajectory.push(modelOf(simulation, effect.snapshot));
      return [];
    case "evaluate":
      await evaluateModel(simulation, effect.snapshot);
      return [];
    case "synthesize":
      finishRound(simulation);
      return runSynthesis(simulation, effect.round);
    case "refine":
      return runRefine(simulation, effect.round, effect.snapshot);
    case "end-run":
      finishRound(simulation);
      return [];
    case "close-round":
      if (effect.outcome === "abandoned") throw new Error(`round ${effect.round} was abandoned`);
      return [];
    case "keep-update":
    case "drop-volunteer":
    case "arm-deadline":
      return [];
    default:
      return effect satisfies never;
  }
}

/** Every member of the cohort trains, one after another, and its update is folded in. */
async function trainRound(
  simulation: Simulation,
  round: number,
  snapshot: Hash,
  cohort: readonly VolunteerId[],
): Promise<readonly RunEvent[]> {
  const { plan } = simulation;
  const parameters = modelOf(simulation, snapshot);
  const { maxExamples, maxMagnitude } = plan.limits;
  const scale = fixedPointScale({ maxUpdates: plan.cohort.size, maxExamples, maxMagnitude });
  const aggregate = createAggregate(parameters.length, scale);
  const open: OpenRound = { round, aggregate, bytesUp: 0, bytesDown: 0, lossSum: 0, accuracies: [] };
  simulation.open = open;
  const frames = roundFrames(round, parameters);
  const events: RunEvent[] = [];
  for (const volunteer of cohort) {
    try {
      const sent = await volunteerOf(simulation, volunteer).train(frames);
      const { delta, examples, loss } = readUpdate(sent);
      const refused = deltaProblem(delta, plan.limits);
      if (refused !== null) throw new Error(`${refused.reason}: ${refused.detail}`);
      foldUpdate(aggregate, delta, examples);
      open.bytesDown += bytesOfFrames(frames);
      open.bytesUp += bytesOfFrames(sent);
      open.lossSum += loss * examples;
      events.push({ type: "update-recorded", round, volunteer, examples, atMs: 0 });
    } catch (cause) {
      throw new Error(`round ${round}, ${volunteer}: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
  }
  return events;
}

/** The averaged model is evaluated first, then, where there is one, the refined. */
async function evaluateModel(simulation: Simulation, snapshot: Hash): Promise<void> {
  const { network, preprocessing } = simulation.plan;
  const parameters = modelOf(simulation, snapshot);
  const { accuracy } = await evaluate({ spec: network, parameters, dataset: simulation.test, preprocessing });
  const open = openRoundOf(simulation);
  open.accuracies = [...open.accuracies, accuracy];
}

async function runSynthesis(simulation: Simulation, round: number): Promise<readonly RunEvent[]> {
  const { plan, trajectory, progress } = simulation;
  const { set, distances } = await synthesize({
    spec: plan.network,
    trajectory,
    settings: settingsOf(plan),
    seed: synthesisSeed(plan.seed, round),
    onIteration: ({ iteration, distance }) => progress.onIteration?.(iteration, distance),
  });
  trajectory.length = 0;
  simulation.synthesis = { round, set, distances };
  return [{ type: "synthesized", round, atMs: 0 }];
}

async function runRefine(
  simulation: Simulation,
  round: number,
  snapshot: Hash,
): Promise<readonly RunEvent[]> {
  const { plan, synthesis } = simulation;
  if (synthesis === null) throw new Error(`round ${round} cannot be refined before the synthesis`);
  const refined = await refine({
    spec: plan.network,
    parameters: modelOf(simulation, snapshot),
    set: synthesis.set,
    settings: settingsOf(plan),
    seed: refineSeed(plan.seed, round),
  });
  return [{ type: "refined", round, refined: keep(simulation, refined), atMs: 0 }];
}

function settingsOf({ dynafed }: Plan): DynafedSettings {
  if (dynafed === null) throw new Error("expected a plan with DynaFed, got dynafed null");
  return dynafed;
}
