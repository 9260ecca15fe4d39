/**
 * The only shell of the round machine: one serial queue of events per run; each is stepped, committed together
 * with what it writes, and only then acted upon. Nothing here decides about rounds.
 */
import { cohortSeed, createRng } from "@tributary/model";
import type { Hash, RunActivity, VolunteerId } from "@tributary/protocol";
import type { ActionOutcome, LiveRun, RunAction } from "../live-runs.ts";
import type { SnapshotInput, Storage, StoredRun, StoredSnapshot, StoredUpdate } from "../storage/storage.ts";
import { activityOf } from "./activity.ts";
import { aggregateRound } from "./aggregation.ts";
import { selectCohort } from "./cohort.ts";
import { createCommittedUpdates } from "./committed-updates.ts";
import { createEvaluationBoard } from "./evaluation-board.ts";
import { watchJobs } from "./job-watch.ts";
import { holdLead } from "./leading.ts";
import { openLedger } from "./ledger.ts";
import { type Effects, type RunEffect, resume, rulesOf } from "./machine.ts";
import { type Judgement, judgeOffer, type Offer } from "./offers.ts";
import { type Connection, createRoster, createTrafficMeter, type Member, type Training } from "./roster.ts";
import { type RoundDeps, wait } from "./round-deps.ts";
import type { RunEvent, RunState } from "./state.ts";
import { type Attached, writesOf } from "./writes.ts";

export type CoordinatorSettings = {
  /** After a restart, how long the cohort of an open round has to come back before it counts as gone. */
  readonly rejoinGraceMs: number;
  /** How often the compute process's results are looked for, beside the notifications. */
  readonly pollMs: number;
};

export const defaultSettings: CoordinatorSettings = { rejoinGraceMs: 5000, pollMs: 1000 };

/** One volunteer's place in a run, for as long as its connection lives. */
export type Presence = {
  available(examples: number): void;
  /** Leaves the open round and is asked no more. */
  unavailable(): void;
  left(): void;
  progressed(training: Training): void;
  countTraffic(bytesUp: number, bytesDown: number): void;
};

export type SubmitOutcome = Judgement | { readonly verdict: "failed"; readonly detail: string };

export type Coordinator = {
  readonly run: StoredRun;
  /** Values in the run's model. */
  readonly parameters: number;
  state(): RunState;
  activity(): RunActivity;
  live(): LiveRun;
  act(action: RunAction): Promise<ActionOutcome>;
  /** Calls back after every change of what the functions above return. */
  onChange(listener: () => void): () => void;
  join(volunteer: VolunteerId, connection: Connection): Presence;
  /** Whether an update is wanted, before its bytes travel. */
  judge(volunteer: VolunteerId, offer: Offer): Judgement;
  /** Stores a checked update; `known` means committed: now, or earlier already. */
  submit(update: StoredUpdate, snapshot: Hash): Promise<SubmitOutcome>;
  close(): Promise<void>;
};

const ANNOUNCE_MS = 20;
const SUBMIT_ATTEMPTS = 6;
const ACTION_PATIENCE_MS = 3000;
const AGGREGATION_RETRY_MS = 1000;

export async function startCoordinator(options: {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: RoundDeps;
  readonly settings?: Partial<CoordinatorSettings>;
}): Promise<Coordinator> {
  const { storage, run, deps } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const rules = rulesOf(run.plan);
  const initial = await initialOf(storage, run.run);
  const ledger = openLedger(storage, run, initial.hash, rules, deps);
  const roster = createRoster();
  const traffic = createTrafficMeter();
  const committed = createCommittedUpdates(storage, run.run);
  const evaluations = createEvaluationBoard(storage, run.run);
  const listeners = new Set<() => void>();
  const cancels = new Set<() => void>();
  let closed = false;
  let tail = Promise.resolve();
  let announcing = false;
  let lastTold = "";
  let aggregating = 0;

  // ---- the queue

  const enqueue = <T>(task: () => Promise<T>): Promise<T | null> => {
    const result = tail.then(async () => {
      await lead.held();
      return closed ? null : task();
    });
    tail = result.then(
      () => undefined,
      (error: unknown) => deps.log.error({ run: run.run, error: String(error) }, "event failed"),
    );
    return result;
  };

  const record = async (event: RunEvent, attached: Attached, attempts: number) => {
    const before = ledger.state();
    const moved = traffic.read();
    const recorded = await ledger.record(
      event,
      (effects) => writesOf(effects, event.atMs, moved, attached),
      attempts,
    );
    if (recorded.effects.some((effect) => effect.type === "close-round")) traffic.settle(moved);
    if ("reason" in event) deps.log.warn({ run: run.run, event }, "the run goes on without this job");
    perform(recorded.effects);
    if (ledger.state() !== before) announce();
    return recorded;
  };

  /** Queues the event that `what` gives when its turn comes; null: none any more. */
  const post = (what: (state: RunState) => RunEvent | null, attached: Attached = {}) => {
    void enqueue(async () => {
      const event = what(ledger.state());
      if (event !== null) await record(event, attached, Number.POSITIVE_INFINITY);
    }).catch(() => undefined);
  };

  // ---- effects

  const perform = (effects: Effects) => {
    for (const effect of effects) performOne(effect);
  };

  const performOne = (effect: RunEffect): void => {
    switch (effect.type) {
      case "open-round":
        for (const volunteer of effect.cohort) invite(roster.find(volunteer));
        return;
      case "close-round":
        tellClosed(effect);
        return;
      case "seek-cohort":
        seekCohort();
        return;
      case "arm-deadline":
        later(effect.deadlineAtMs - deps.nowMs(), () =>
          post(() => ({ type: "deadline-passed", round: effect.round, atMs: deps.nowMs() })),
        );
        return;
      case "aggregate":
        void aggregate(effect);
        return;
      case "evaluate":
        evaluations.expect(effect.snapshot);
        return;
      case "synthesize":
      case "refine":
        jobs.check();
        return;
      case "keep-update":
      case "drop-volunteer":
      case "keep-snapshot":
      case "end-run":
        return;
      default:
        effect satisfies never;
    }
  };

  const seekCohort = () =>
    post((state) => {
      const available = roster.available();
      if (state.phase !== "waiting" || available.length < rules.minimum) return null;
      const rng = createRng(cohortSeed(run.plan.seed, state.round));
      const cohort = selectCohort(available, rules.size, rng);
      return { type: "cohort-ready", round: state.round, cohort, atMs: deps.nowMs() };
    });

  const aggregate = async (effect: Extract<RunEffect, { type: "aggregate" }>) => {
    const { round, snapshot, reported } = effect;
    if (aggregating === round) return;
    aggregating = round;
    let averaged: SnapshotInput | null = null;
    while (averaged === null && !closed) {
      averaged = await aggregateRound(
        storage,
        run,
        { round, snapshot, updates: reported.length },
        deps,
      ).catch((error: unknown) => {
        deps.log.error({ run: run.run, round, error: String(error) }, "aggregation failed");
        return null;
      });
      if (averaged === null) await wait(deps, AGGREGATION_RETRY_MS);
    }
    aggregating = 0;
    if (averaged === null) return;
    const { hash } = averaged;
    post(() => ({ type: "aggregated", round, averaged: hash, atMs: deps.nowMs() }), { snapshot: averaged });
  };

  const tellClosed = (effect: Extract<RunEffect, { type: "close-round" }>) => {
    const { round, outcome } = effect;
    const counted = new Set(effect.counted);
    for (const member of roster.members()) {
      if (member.asked !== round) continue;
      member.connection.deliver({
        type: "round-closed",
        round,
        outcome,
        counted: counted.has(member.volunteer),
      });
    }
  };

  /** Asks a member of the open round's cohort, once a connection. */
  const invite = (member: Member | undefined) => {
    const state = ledger.state();
    if (member === undefined || state.phase !== "collecting" || member.asked === state.round) return;
    if (!state.cohort.has(member.volunteer) || state.received.has(member.volunteer)) return;
    const { round, snapshot: hash, deadlineAtMs } = state;
    member.asked = round;
    const bytes = initial.parameters.byteLength;
    const snapshot = { dtype: "float32", elements: bytes / 4, bytes, hash } as const;
    const deadlineInMs = Math.max(0, Math.round(deadlineAtMs - deps.nowMs()));
    member.connection.deliver({ type: "round-opened", round, snapshot, deadlineInMs });
  };

  // ---- what is told

  const activity = () =>
    activityOf(ledger.state(), rules, {
      available: roster.available().length,
      nowMs: deps.nowMs(),
      synthesis: jobs.synthesis(),
    });

  const announce = () => {
    if (announcing) return;
    announcing = true;
    later(ANNOUNCE_MS, () => {
      announcing = false;
      const now = activity();
      const told = JSON.stringify({ ...now, deadlineInMs: null });
      if (told !== lastTold) {
        roster.broadcast({ type: "activity-changed", rounds: run.plan.rounds, activity: now });
      }
      lastTold = told;
      for (const listener of listeners) listener();
    });
  };

  const later = (ms: number, action: () => void) => {
    const cancel = deps.after(Math.max(0, ms), () => {
      cancels.delete(cancel);
      action();
    });
    cancels.add(cancel);
  };

  const publishEvaluations = async () => {
    if (!evaluations.isWaiting()) return;
    const news = await evaluations.refresh();
    for (const message of news) roster.broadcast(message);
    if (news.length > 0) announce();
  };

  // ---- volunteers

  const leave = (volunteer: VolunteerId) => {
    post((state) => ({ type: "volunteer-left", round: state.round, volunteer, atMs: deps.nowMs() }));
    announce();
  };

  const enter = (member: Member) => {
    void enqueue(async () => {
      const { round } = ledger.state();
      const { volunteer } = member;
      await record({ type: "volunteer-returned", round, volunteer, atMs: deps.nowMs() }, {}, SUBMIT_ATTEMPTS);
      if (roster.find(volunteer) === member) invite(member);
    }).catch(() => undefined);
  };

  /** After a restart nobody is connected: who does not come back in time has left. */
  const expectCohortBack = () => {
    const { phase, round } = ledger.state();
    if (phase !== "collecting") return;
    later(settings.rejoinGraceMs, () => {
      const state = ledger.state();
      if (state.phase !== "collecting" || state.round !== round) return;
      for (const volunteer of state.cohort) if (roster.find(volunteer) === undefined) leave(volunteer);
    });
  };

  const jobs = watchJobs({
    storage,
    run: run.run,
    iterations: run.plan.strategy.kind === "dynafed" ? run.plan.strategy.iterations : 0,
    state: ledger.state,
    nowMs: deps.nowMs,
    post,
    onProgress: announce,
    onFailure: (error) => deps.log.warn({ run: run.run, error: String(error) }, "jobs could not be read"),
    also: publishEvaluations,
  });

  await ledger.rebuild();
  await evaluations.refresh();
  const lead = holdLead(storage, run.run, deps, async () => {
    await ledger.rebuild();
    await committed.load(ledger.state());
    await evaluations.refresh();
    post(() => {
      perform(graced(resume(ledger.state()), deps.nowMs() + settings.rejoinGraceMs));
      expectCohortBack();
      announce();
      return null;
    });
  });
  const stopListening = await storage.listen("runs", (changed) => {
    if (changed === run.run) jobs.check();
  });
  const poll = () => {
    jobs.check();
    later(settings.pollMs, poll);
  };
  later(settings.pollMs, poll);

  const judge = (volunteer: VolunteerId, offer: Offer) =>
    judgeOffer(ledger.state(), volunteer, offer, committed.find);

  return {
    run,
    parameters: initial.parameters.byteLength / 4,
    state: ledger.state,
    activity,
    live: () => liveOf(ledger.state(), activity(), roster.members()),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async act(action) {
      await Promise.race([lead.held(), wait(deps, ACTION_PATIENCE_MS)]);
      if (!lead.isHeld()) return { ok: false, reason: "another server coordinates this run" };
      const phase = ledger.state().phase;
      const type = ({ start: "started", pause: "pause-requested", stop: "stop-requested" } as const)[action];
      const recorded = await enqueue(() => record({ type, atMs: deps.nowMs() }, {}, SUBMIT_ATTEMPTS));
      if (recorded?.outcome === "committed") return { ok: true };
      return { ok: false, reason: `cannot ${action} a run that is ${phase}` };
    },
    join(volunteer, connection) {
      const member = roster.add(volunteer, connection);
      connection.deliver({ type: "activity-changed", rounds: run.plan.rounds, activity: activity() });
      for (const evaluated of evaluations.history()) connection.deliver(evaluated);
      announce();
      return {
        available(examples) {
          member.examples = examples;
          enter(member);
          seekCohort();
          announce();
        },
        unavailable() {
          member.examples = null;
          member.asked = 0;
          leave(volunteer);
        },
        left() {
          if (roster.remove(member)) leave(volunteer);
        },
        progressed({ round, batch, batches, loss }) {
          member.training = { round, batch, batches, loss };
          announce();
        },
        countTraffic: (bytesUp, bytesDown) => traffic.count(volunteer, bytesUp, bytesDown),
      };
    },
    judge,
    async submit(update, snapshot) {
      const { round, volunteer, hash, examples } = update;
      const outcome = enqueue(async (): Promise<SubmitOutcome> => {
        const judgement = judge(volunteer, { round, snapshot, hash });
        if (judgement.verdict !== "wanted") return judgement;
        const atMs = deps.nowMs();
        const event: RunEvent = { type: "update-recorded", round, volunteer, examples, atMs };
        const { outcome } = await record(event, { update }, SUBMIT_ATTEMPTS);
        if (outcome === "committed") committed.add(round, volunteer, hash);
        else await committed.load(ledger.state());
        return judge(volunteer, { round, snapshot, hash });
      });
      const failed = { verdict: "failed", detail: "the update could not be stored" } as const;
      return outcome.then(
        (done) => done ?? failed,
        () => failed,
      );
    },
    async close() {
      closed = true;
      for (const cancel of cancels) cancel();
      await stopListening();
      await lead.close();
      await tail;
    },
  };
}

async function initialOf(storage: Storage, run: string): Promise<StoredSnapshot> {
  const listed = (await storage.snapshots.list(run)).find((snapshot) => snapshot.kind === "initial");
  const initial = listed === undefined ? null : await storage.snapshots.byHash(run, listed.hash);
  if (initial === null) throw new Error(`run ${run} has no initial snapshot`);
  return initial;
}

/** A deadline that passed while nobody was there to report is put off to `earliestMs`. */
function graced(effects: Effects, earliestMs: number): Effects {
  return effects.map((effect) =>
    effect.type === "arm-deadline"
      ? { ...effect, deadlineAtMs: Math.max(effect.deadlineAtMs, earliestMs) }
      : effect,
  );
}

function liveOf(state: RunState, activity: RunActivity, members: Iterable<Member>): LiveRun {
  const open =
    state.phase === "collecting"
      ? {
          round: state.round,
          asked: [...state.cohort],
          reported: [...state.received.keys()],
          deadlineAtMs: state.deadlineAtMs,
        }
      : null;
  const volunteers = [...members].map(({ volunteer, examples, training }) => ({
    volunteer,
    training,
    available: examples !== null,
    examples: examples ?? 0,
  }));
  return { activity, open, volunteers };
}
