/**
 * A whole run in one process: the live round machine, codec, aggregate and numerics, with volunteers that answer at once.
 * Nothing here decides what a run does next: it performs the machine's effects and feeds their results back. Everything is
 * seeded as in a live run, so that a live run in which everybody takes part in every round has a twin here.
 */
import {
  cohortSeed,
  createRng,
  evaluate,
  refineRound,
  synthesizeRound,
  trajectoryLength,
} from "@tributary/model";
import { type Hash, networkOf, type Plan, preprocessingOf } from "@tributary/protocol";
import type { RunEvent, RunState } from "@tributary/rounds";
import { initialState, type RunEffect, resume, rulesOf, selectCohort, step } from "@tributary/rounds";
import { refusalWords } from "./result-files.ts";
import type { SimulationData, SimulationOptions, SimulationResult } from "./simulated-run.ts";
import {
  checkpointOf,
  finishRound,
  keep,
  modelOf,
  openRoundOf,
  openSimulation,
  type Simulation,
} from "./simulation.ts";
import { trainRound } from "./train-round.ts";

/**
 * Runs `plan` to its end on TensorFlow.js's current backend. `train` and `test` are the whole data set, of which the
 * plan's `sample` says how much is used. The same arguments on the same backend give the same result to the last bit,
 * and so does a run that went on from any of its checkpoints.
 * An update that leaves the finite numbers or the plan's limits is refused, and the run goes on without it.
 * Throws where `MOST_ABANDONED` rounds in a row stay below their quorum. An abort rejects with the signal's reason.
 */
export async function simulate(
  plan: Plan,
  data: SimulationData,
  options: SimulationOptions = {},
): Promise<SimulationResult> {
  const simulation = openSimulation(plan, data, options);
  const rules = rulesOf(plan);
  const { checkpoint } = options;
  let state = checkpoint?.state ?? initialState(plan, simulation.start);
  const events: RunEvent[] = checkpoint == null ? [{ type: "started", atMs: 0 }] : [];
  const performAll = async (effects: readonly RunEffect[]) => {
    for (const effect of effects) {
      events.push(...(await perform(simulation, effect, state)));
      options.onPerformed?.(effect.type);
      if (options.signal?.aborted) throw options.signal.reason;
    }
  };
  if (checkpoint != null) await performAll(resume(state));
  for (let event = events.shift(); event !== undefined; event = events.shift()) {
    const next = step(state, event, rules);
    state = next.state;
    await performAll(next.effects);
  }
  const parameters = modelOf(simulation, state.phase === "finished" ? state.snapshot : simulation.start);
  const { rounds, refusals, synthesis } = simulation;
  return { rounds, refusals, synthesis, parameters };
}

/** Performs one effect and returns the events that answer it. `state` is the one that asks for the effect. */
async function perform(
  simulation: Simulation,
  effect: RunEffect,
  state: RunState,
): Promise<readonly RunEvent[]> {
  const { plan } = simulation;
  switch (effect.type) {
    case "seek-cohort": {
      const { round } = effect;
      await closeRow(simulation, state);
      const rng = createRng(cohortSeed(plan.seed, round));
      const cohort = selectCohort(simulation.volunteers.keys(), plan.cohort.size, rng);
      return [{ type: "cohort-ready", round, cohort, atMs: 0 }];
    }
    case "open-round":
      return trainRound(simulation, effect.round, effect.snapshot, effect.cohort);
    case "aggregate": {
      const { aggregate } = openRoundOf(simulation);
      const start = modelOf(simulation, effect.snapshot);
      const { parameters, state: strategyState } = aggregate.finish(start, simulation.strategyState);
      simulation.strategyState = strategyState;
      // No older model is needed again.
      simulation.models.clear();
      return [{ type: "aggregated", round: effect.round, aggregate: keep(simulation, parameters), atMs: 0 }];
    }
    case "keep-snapshot":
      if (simulation.synthesis === null) lengthen(simulation, modelOf(simulation, effect.snapshot));
      return [];
    case "evaluate":
      await evaluateModel(simulation, effect.snapshot);
      return [];
    case "synthesize":
      await closeRow(simulation, state);
      return runSynthesis(simulation, effect.round, state);
    case "refine":
      return runRefine(simulation, effect.round, effect.snapshot);
    case "end-run":
      await closeRow(simulation, state);
      return [];
    case "close-round":
      if (effect.outcome === "abandoned") abandonRound(simulation, effect.round);
      return [];
    case "keep-update":
    case "drop-volunteer":
    case "arm-deadline":
      return [];
    default:
      return effect satisfies never;
  }
}

/** If a round is over, writes its row and offers a checkpoint, which is possible between rounds. */
async function closeRow(simulation: Simulation, state: RunState): Promise<void> {
  if (finishRound(simulation)) await simulation.options.onCheckpoint?.(checkpointOf(simulation, state, null));
}

/** A live run goes on opening rounds, for other volunteers may come. In a simulation nobody else does. */
const MOST_ABANDONED = 10;

function abandonRound(simulation: Simulation, round: number): void {
  simulation.open = null;
  simulation.options.onAbandoned?.(round);
  const inARow = round - (simulation.rounds.at(-1)?.round ?? 0);
  if (inARow < MOST_ABANDONED) return;
  const last = simulation.refusals.at(-1);
  const reason = last === undefined ? "" : `; the last refusal: ${refusalWords(last)}`;
  throw new Error(`${inARow} rounds in a row were abandoned${reason}`);
}

/** Notes how good the model is. A round's first is the aggregate's, its second the refined model's. */
async function evaluateModel(simulation: Simulation, snapshot: Hash): Promise<void> {
  const { plan, test: dataset } = simulation;
  const parameters = modelOf(simulation, snapshot);
  const about = { spec: networkOf(plan), preprocessing: preprocessingOf(plan) };
  const measured = await evaluate({ ...about, parameters, dataset });
  const open = openRoundOf(simulation);
  open.measured = [...open.measured, measured];
}

async function runSynthesis(
  simulation: Simulation,
  round: number,
  state: RunState,
): Promise<readonly RunEvent[]> {
  const { plan, trajectory, options } = simulation;
  simulation.synthesis = await synthesizeRound({
    plan,
    round,
    trajectory,
    previous: simulation.synthesis,
    checkpoint: simulation.synthesizing,
    checkpoints: {
      isDue: (after) => after === "iteration" && options.isCheckpointDue?.() === true,
      keep: async (checkpoint) => options.onCheckpoint?.(checkpointOf(simulation, state, checkpoint)),
    },
    onIteration: ({ iteration, iterations, distance }) =>
      options.onIteration?.(iteration, distance, iterations),
    signal: options.signal,
  });
  // The next synthesis follows the models from this one's last on.
  trajectory.splice(0, trajectory.length - 1);
  simulation.synthesizing = null;
  return [{ type: "synthesized", round, atMs: 0 }];
}

async function runRefine(
  simulation: Simulation,
  round: number,
  snapshot: Hash,
): Promise<readonly RunEvent[]> {
  const { plan, synthesis } = simulation;
  if (synthesis === null) throw new Error(`round ${round} cannot be refined before the synthesis`);
  const aggregate = modelOf(simulation, snapshot);
  const { signal } = simulation.options;
  const refined = await refineRound({ plan, round, aggregate, newest: synthesis, signal });
  lengthen(simulation, refined);
  return [{ type: "refined", round, refined: keep(simulation, refined), atMs: 0 }];
}

/** Adds a round's last model, unless no further synthesis will follow the trajectory. */
function lengthen({ plan, trajectory, synthesis }: Simulation, parameters: Float32Array): void {
  const { dynafed } = plan;
  if (dynafed === null || (synthesis !== null && dynafed.refreshEvery === 0)) return;
  trajectory.push(parameters);
  trajectory.splice(0, trajectory.length - trajectoryLength(dynafed, synthesis === null));
}
