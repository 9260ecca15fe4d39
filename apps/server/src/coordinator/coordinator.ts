/**
 * The only shell of the round machine: it performs what a step asks for and feeds what comes of it back as events.
 * Nothing here decides about rounds. This file joins the parts.
 */
import { type Runtime, reasonOf } from "@tributary/platform";
import type { RunActivity } from "@tributary/protocol";
import { activityOf, type Effects, rulesOf } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { createAggregator } from "./aggregator.ts";
import { createAnnouncer } from "./announcer.ts";
import { join } from "./attendance.ts";
import { watchClosings } from "./closings.ts";
import { createCommittedUpdates } from "./committed-updates.ts";
import type { Coordinator, CoordinatorSettings } from "./coordination.ts";
import { createEvaluationBoard, type EvaluationBoard } from "./evaluation-board.ts";
import { openEventQueue } from "./event-queue.ts";
import { initialSnapshot } from "./initial-snapshot.ts";
import { createInviting } from "./invitations.ts";
import { watchJobs } from "./job-watch.ts";
import { type Ledger, openLedger } from "./ledger.ts";
import { liveView } from "./live-view.ts";
import { perform } from "./performer.ts";
import { createRoster } from "./roster.ts";
import { createRoundDeadline } from "./round-deadline.ts";
import { createRoundLog } from "./round-log.ts";
import { logOfRun } from "./run-log.ts";
import { steer } from "./steering.ts";
import { watchStore } from "./store-watch.ts";
import { judge, submit } from "./submission.ts";
import { takeOver } from "./take-over.ts";
import { createTimers } from "./timers.ts";
import { createTrafficMeter } from "./traffic-meter.ts";

export type { Coordinator, CoordinatorSettings, Presence, SubmitOutcome } from "./coordination.ts";

export type CoordinatorOptions = {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: Runtime;
  readonly settings?: Partial<CoordinatorSettings>;
  /** Called with the number of each round that takes no more updates, or with the newest if several closed elsewhere. */
  readonly onRoundClosed?: (round: number) => void;
};

export const defaultSettings: CoordinatorSettings = { rejoinGraceMs: 5000, pollMs: 1000 };

/**
 * Coordinates a run from where its journal ends, as soon as this process leads it and whenever it has the lead back.
 * Rejects when the run's first snapshot, journal or rounds cannot be read, or when the database does not let it listen.
 */
export async function startCoordinator(options: CoordinatorOptions): Promise<Coordinator> {
  const { storage, run } = options;
  const log = logOfRun(options.deps.log, run.id, () => ledger.state().round);
  const deps = { ...options.deps, log };
  const settings = { ...defaultSettings, ...options.settings };
  const initial = await initialSnapshot(storage, run.id);
  const snapshotBytes = initial.parameters.byteLength;
  const rules = rulesOf(run.plan);
  const ledger = openLedger({ storage, run, initialSnapshot: initial.hash, rules, deps });
  const evaluations = createEvaluationBoard(storage, run.id);
  await ledger.rebuild();
  await evaluations.refresh();

  const parts = joinParts({ ...options, deps, settings, ledger, evaluations, snapshotBytes });
  const { state, activity, roster, timers, queue } = parts;
  const closeParts = async () => {
    timers.close();
    await queue.close();
  };
  const stopListening = await watchStore(parts, settings.pollMs).catch(async (error: unknown) => {
    await closeParts();
    throw error;
  });
  return {
    run,
    parameters: snapshotBytes / 4,
    state,
    activity,
    live: () => liveView(state(), activity(), roster.members(), deps.nowMs()),
    onChange: parts.onChange,
    act: (action) => steer(parts, action),
    join: (volunteer, connection) => join(parts, volunteer, connection),
    judge: (volunteer, offer) => judge(parts, volunteer, offer),
    submit: (update, snapshot) => submit(parts, update, snapshot),
    async close() {
      await Promise.all([stopListening(), closeParts()]);
    },
  };
}

type Read = CoordinatorOptions & {
  readonly settings: CoordinatorSettings;
  readonly ledger: Ledger;
  readonly evaluations: EvaluationBoard;
  readonly snapshotBytes: number;
};

/** Joins the parts, which know each other. No event has its turn before all of them exist. */
function joinParts(read: Read) {
  const { storage, run, deps, settings, ledger, snapshotBytes } = read;
  const { plan } = run;
  const { state } = ledger;
  const rules = rulesOf(plan);
  const roster = createRoster();
  const traffic = createTrafficMeter();
  const timers = createTimers(deps);
  const deadline = createRoundDeadline(timers, deps);
  const committed = createCommittedUpdates(storage, run.id);
  const ask = createInviting({ storage, run, snapshotBytes, state, deadline, timers, deps });

  const activity = (): RunActivity =>
    activityOf(state(), rules, {
      available: roster.available().length,
      leftMs: deadline.leftMs(state().round),
      synthesis: jobs.synthesis(),
    });
  const { announce, onChange } = createAnnouncer({ rounds: plan.rounds, activity, roster, timers });
  const tellClosings = watchClosings(state, read.onRoundClosed ?? (() => undefined));

  const moves = {
    perform: (effects: Effects) => perform(parts, effects),
    onMoved: () => {
      tellClosings();
      announce();
    },
  };
  const roundLog = createRoundLog(deps);
  const onLead = () => takeOver({ ...parts, ...moves }, settings.rejoinGraceMs);
  const queue = openEventQueue({ storage, run, ledger, traffic, roundLog, deps, ...moves, onLead });
  const { post } = queue;
  const aggregator = createAggregator({ storage, run, deps, post, isClosed: queue.isClosed });
  const jobs = watchJobs({
    ...{ storage, run: run.id, dynafed: plan.dynafed, state, post, nowMs: deps.nowMs },
    isLeading: queue.lead.isHeld,
    onProgress: announce,
    onFailure: (error) => deps.log.warn({ reason: reasonOf(error) }, "the run's jobs could not be read"),
  });
  const parts = {
    ...read,
    ...{ rules, state, roster, traffic, timers, deadline, committed },
    ...{ ask, activity, announce, onChange, queue, post, aggregator, jobs },
  };
  return parts;
}
