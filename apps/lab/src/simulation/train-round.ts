/** One round's training: the members of the cohort train one after another, and each update is checked. */
import { reasonOf } from "@tributary/platform";
import type { Hash, Plan, VolunteerId } from "@tributary/protocol";
import {
  offerProblem,
  openRoundAggregate,
  type Refusal,
  type RunEvent,
  updateProblem,
  updateValues,
} from "@tributary/rounds";
import type { SimulatedVolunteer } from "./simulated-volunteer.ts";
import { modelOf, type OpenRound, type Simulation, volunteerOf } from "./simulation.ts";
import { bytesOfFrames, type Frames, readOffer, readUpdate, roundFrames } from "./wire.ts";

/**
 * Opens the round and returns its events: `update-recorded` for each update that counts and, if one was refused,
 * `deadline-passed` at the end, since its member never reports.
 * Throws the signal's reason, and an Error that names round and volunteer if training itself breaks.
 */
export async function trainRound(
  simulation: Simulation,
  round: number,
  snapshot: Hash,
  cohort: readonly VolunteerId[],
): Promise<readonly RunEvent[]> {
  const { plan, options, refusals, strategyState } = simulation;
  const parameters = modelOf(simulation, snapshot);
  const open: OpenRound = {
    ...{ round, aggregate: openRoundAggregate(plan, parameters.length) },
    ...{ bytesUp: 0, bytesDown: 0, lossSum: 0, trained: 0, measured: [], evaluations: [] },
  };
  simulation.open = open;
  const frames = roundFrames(round, parameters, strategyState.control ?? null);
  const events: RunEvent[] = [];
  for (const volunteer of cohort) {
    if (options.signal?.aborted) throw options.signal.reason;
    const member = volunteerOf(simulation, volunteer);
    const refused = isResting(simulation)
      ? rest(open, plan, parameters.length, member)
      : await train(open, plan, frames, parameters.length, member).catch((cause: unknown) => {
          throw new Error(`round ${round}, ${volunteer}: ${reasonOf(cause)}`, { cause });
        });
    if (refused === null) {
      events.push({ type: "update-recorded", round, volunteer, examples: member.examples, atMs: 0 });
      continue;
    }
    const refusal = { round, volunteer, ...refused };
    refusals.push(refusal);
    options.onRefusal?.(refusal);
  }
  if (events.length < cohort.length) events.push({ type: "deadline-passed", round, atMs: 0 });
  return events;
}

/** Whether the volunteers have stopped training. Their updates are then zero. */
function isResting({ options, synthesis }: Simulation): boolean {
  return options.volunteersTrain === "until-synthesis" && synthesis !== null;
}

function rest(open: OpenRound, plan: Plan, parameters: number, { examples }: SimulatedVolunteer): null {
  open.aggregate.add(new Float32Array(updateValues(plan, parameters)), examples);
  return null;
}

/** Trains one member and folds its update in. Returns why it cannot count, or null. */
async function train(
  open: OpenRound,
  plan: Plan,
  frames: Frames,
  parameters: number,
  member: SimulatedVolunteer,
): Promise<Refusal | null> {
  open.bytesDown += bytesOfFrames(frames);
  const trained = await member.train(frames);
  if (trained.outcome === "diverged") return { reason: "not-finite", detail: trained.detail };
  open.bytesUp += bytesOfFrames(trained.frames);
  const unwanted = offerProblem(readOffer(trained.frames), plan, parameters);
  if (unwanted !== null) return refuse(open, member, unwanted);
  const { values, loss, evaluation } = readUpdate(trained.frames);
  const problem = updateProblem(values, plan, parameters);
  if (problem !== null) return refuse(open, member, problem);
  open.aggregate.add(values, member.examples);
  open.lossSum += loss * member.examples;
  open.trained += member.examples;
  if (evaluation !== null) open.evaluations.push(evaluation);
  member.settle(open.round, true);
  return null;
}

function refuse({ round }: OpenRound, member: SimulatedVolunteer, refusal: Refusal): Refusal {
  member.settle(round, false);
  return refusal;
}
