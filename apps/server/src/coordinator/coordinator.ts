/**
 * The only shell of the round machine: it performs what a step asks for and feeds what comes of it back as events.
 * Nothing here decides about rounds.
 */
import { cohortSeed, createRng } from "@tributary/model";
import { type Runtime, wait } from "@tributary/platform";
import type { Hash, VolunteerId } from "@tributary/protocol";
import type { RunEvent } from "@tributary/rounds";
import {
  activityOf,
  type Effects,
  graced,
  judgeOffer,
  lastClosedRound,
  type Offer,
  type RunEffect,
  resume,
  rulesOf,
  selectCohort,
} from "@tributary/rounds";
import type { Storage, StoredRun, StoredUpdate } from "@tributary/storage";
import { createAggregator } from "./aggregator.ts";
import { createAnnouncer } from "./announcer.ts";
import { createCommittedUpdates } from "./committed-updates.ts";
import type { Coordinator, CoordinatorSettings, SubmitOutcome } from "./coordination.ts";
import { createEvaluationBoard } from "./evaluation-board.ts";
import { openEventQueue } from "./event-queue.ts";
import { initialSnapshot } from "./initial-snapshot.ts";
import { tellClosed } from "./invitations.ts";
import { createInviting } from "./inviting.ts";
import { watchJobs } from "./job-watch.ts";
import { openLedger } from "./ledger.ts";
import { liveView } from "./live-view.ts";
import { createRoster, createTrafficMeter, type Member } from "./roster.ts";
import { createTimers } from "./timers.ts";

export type { Coordinator, CoordinatorSettings, Presence, SubmitOutcome } from "./coordination.ts";

export const defaultSettings: CoordinatorSettings = { rejoinGraceMs: 5000, pollMs: 1000 };

const COMMIT_ATTEMPTS = 6;
const ACTION_PATIENCE_MS = 3000;
const eventOf = { start: "started", pause: "pause-requested", stop: "stop-requested" } as const;

export async function startCoordinator(options: {
  readonly storage: Storage;
  readonly run: StoredRun;
  readonly deps: Runtime;
  readonly settings?: Partial<CoordinatorSettings>;
  /** Called once a round takes no more updates, with its number; where rounds closed elsewhere, with the newest. */
  readonly onRoundClosed?: (round: number) => void;
}): Promise<Coordinator> {
  const { storage, run, deps } = options;
  const { plan } = run;
  const settings = { ...defaultSettings, ...options.settings };
  const rules = rulesOf(plan);
  const initial = await initialSnapshot(storage, run.id);
  const snapshotBytes = initial.parameters.byteLength;
  const ledger = openLedger(storage, run, initial.hash, rules, deps);
  const roster = createRoster();
  const traffic = createTrafficMeter();
  const timers = createTimers(deps);
  const ask = createInviting({ storage, run, snapshotBytes, state: ledger.state, timers, deps });
  const committed = createCommittedUpdates(storage, run.id);
  const evaluations = createEvaluationBoard(storage, run.id);
  await ledger.rebuild();
  await evaluations.refresh();

  // ---- what is told

  const activity = () =>
    activityOf(ledger.state(), rules, {
      available: roster.available().length,
      nowMs: deps.nowMs(),
      synthesis: jobs.synthesis(),
    });
  const { announce, onChange } = createAnnouncer({ rounds: plan.rounds, activity, roster, timers });

  let told = 0;
  const moved = () => {
    const closed = lastClosedRound(ledger.state());
    if (closed > told) options.onRoundClosed?.(closed);
    told = closed;
    announce();
  };

  const unreadable = (what: string) => (error: unknown) =>
    deps.log.warn({ run: run.id, error: String(error) }, `${what} could not be read`);

  const publishEvaluations = async () => {
    if (!evaluations.isWaiting()) return;
    const news = await evaluations.refresh();
    for (const message of news) roster.broadcast(message);
    if (news.length > 0) announce();
  };

  // ---- what is performed

  const perform = (effects: Effects) => {
    for (const effect of effects) performOne(effect);
  };

  const performOne = (effect: RunEffect): void => {
    switch (effect.type) {
      case "open-round":
        for (const volunteer of effect.cohort) ask(roster.find(volunteer));
        return;
      case "close-round":
        tellClosed(roster, effect);
        return;
      case "seek-cohort":
        seekCohort();
        return;
      case "arm-deadline":
        armDeadline(effect.round, effect.deadlineAtMs);
        return;
      case "aggregate":
        aggregator.begin(effect);
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
    queue.post((state) => {
      const available = roster.available();
      if (state.phase !== "waiting" || available.length < rules.minimum) return null;
      const rng = createRng(cohortSeed(plan.seed, state.round));
      const cohort = selectCohort(available, rules.size, rng);
      return { type: "cohort-ready", round: state.round, cohort, atMs: deps.nowMs() };
    });

  const armDeadline = (round: number, atMs: number) =>
    timers.later(atMs - deps.nowMs(), () =>
      queue.post(() => ({ type: "deadline-passed", round, atMs: deps.nowMs() })),
    );

  /** After a restart nobody is connected: deadlines wait a little, and who does not come back has left. */
  const resumeRun = () => {
    const backBy = deps.nowMs() + settings.rejoinGraceMs;
    perform(graced(resume(ledger.state()), backBy));
    timers.later(settings.rejoinGraceMs, () => {
      const state = ledger.state();
      if (state.phase !== "collecting") return;
      for (const volunteer of state.cohort) if (roster.find(volunteer) === undefined) leave(volunteer);
    });
    moved();
  };

  // ---- volunteers

  const leave = (volunteer: VolunteerId) => {
    queue.post(({ round }) => ({ type: "volunteer-left", round, volunteer, atMs: deps.nowMs() }));
    announce();
  };

  const enter = (member: Member) => {
    const { volunteer } = member;
    queue.post(({ round }) => ({ type: "volunteer-returned", round, volunteer, atMs: deps.nowMs() }));
    queue.post(() => {
      if (roster.find(volunteer) === member) ask(member);
      return null;
    });
    seekCohort();
    announce();
  };

  const judge = (volunteer: VolunteerId, offer: Offer) =>
    judgeOffer(ledger.state(), volunteer, offer, committed.find);

  const store = async (update: StoredUpdate, snapshot: Hash): Promise<SubmitOutcome> => {
    const { round, volunteer, hash, examples } = update;
    const event: RunEvent = { type: "update-recorded", round, volunteer, examples, atMs: deps.nowMs() };
    const { outcome } = await queue.record(event, { update }, COMMIT_ATTEMPTS);
    if (outcome === "committed") {
      committed.add(round, volunteer, hash);
      return { outcome: "recorded" };
    }
    if (outcome === "overtaken") await committed.load();
    const judgement = judge(volunteer, { round, snapshot, hash });
    return judgement.outcome === "wanted" ? { outcome: "failed" } : judgement;
  };

  // ---- the parts, joined

  const queue = openEventQueue({
    storage,
    run: run.id,
    ledger,
    traffic,
    deps,
    perform,
    onMoved: moved,
    async onLead() {
      await ledger.rebuild();
      await committed.load();
      await evaluations.refresh();
      resumeRun();
    },
  });
  const aggregator = createAggregator({
    storage,
    run,
    deps,
    isClosed: queue.isClosed,
    onAggregated: (round, { snapshot, state }) =>
      queue.post(() => ({ type: "aggregated", round, aggregate: snapshot.hash, atMs: deps.nowMs() }), {
        snapshot,
        state,
      }),
  });
  const jobs = watchJobs({
    storage,
    run: run.id,
    dynafed: plan.dynafed,
    state: ledger.state,
    isLeading: queue.lead.isHeld,
    nowMs: deps.nowMs,
    post: queue.post,
    onProgress: announce,
    onFailure: unreadable("jobs"),
  });
  // Evaluations are told at the poll's pace: every commit notifies, and reading all rounds at each would be much.
  const poll = async () => {
    jobs.check();
    await publishEvaluations().catch(unreadable("evaluations"));
    timers.later(settings.pollMs, () => void poll());
  };
  void poll();
  const stopListening = await storage.listen("runs", (changed) => {
    if (changed === run.id) jobs.check();
  });

  return {
    run,
    parameters: snapshotBytes / 4,
    state: ledger.state,
    activity,
    live: () => liveView(ledger.state(), activity(), roster.members()),
    onChange,
    judge,
    async act(action) {
      await Promise.race([queue.lead.held(), wait(deps, ACTION_PATIENCE_MS)]);
      if (!queue.lead.isHeld()) return { ok: false, reason: "another server coordinates this run" };
      const { phase } = ledger.state();
      const event: RunEvent = { type: eventOf[action], atMs: deps.nowMs() };
      const recorded = await queue.enqueue(() => queue.record(event, {}, COMMIT_ATTEMPTS));
      if (recorded?.outcome === "committed") return { ok: true };
      return { ok: false, reason: `cannot ${action} a run that is ${phase}` };
    },
    join(volunteer, connection) {
      const member = roster.add(volunteer, connection);
      connection.deliver({ type: "activity-changed", rounds: plan.rounds, activity: activity() });
      for (const evaluated of evaluations.history()) connection.deliver(evaluated);
      announce();
      return {
        available(examples) {
          member.examples = examples;
          enter(member);
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
    async submit(update, snapshot) {
      const failed = { outcome: "failed" } as const;
      const stored = queue.enqueue(() => store(update, snapshot));
      return stored.then(
        (outcome) => outcome ?? failed,
        () => failed,
      );
    },
    async close() {
      timers.close();
      await Promise.all([stopListening(), queue.close()]);
    },
  };
}
