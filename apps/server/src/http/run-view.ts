/** Joins what the database knows of a run with what its coordinator knows right now, for the pages. */
import {
  needsFigures,
  type RoundRow,
  type RunActivity,
  type RunDetail,
  RunId,
  type RunList,
  type RunSummary,
  type SynthesisView,
  type VolunteerRow,
} from "@tributary/protocol";
import type { SnapshotKind } from "@tributary/rounds";
import { synthesisProgress } from "@tributary/rounds";
import type { JobView, Storage, StoredRun, VolunteerRecord } from "@tributary/storage";
import { Value } from "typebox/value";
import type { LiveRun, LiveRuns } from "../coordinator/live-runs.ts";
import { HttpError } from "./errors.ts";

export type ViewDeps = { readonly storage: Storage; readonly live: LiveRuns };

/** Throws a 404 that quotes the id. */
export async function findRun({ storage }: ViewDeps, run: string): Promise<StoredRun> {
  const stored = Value.Check(RunId, run) ? await storage.runs.find(run) : null;
  if (stored === null) throw new HttpError(404, `there is no run "${run.slice(0, 64)}"`);
  return stored;
}

export async function runList(deps: ViewDeps): Promise<RunList> {
  const runs = await deps.storage.runs.list();
  return Promise.all(runs.map((stored) => runSummary(deps, stored)));
}

export async function runSummary(deps: ViewDeps, stored: StoredRun): Promise<RunSummary> {
  const completed = await deps.storage.rounds.completed(stored.id);
  const live = deps.live.find(stored.id);
  return summaryOf(stored, live, await activityOf(deps, stored, live, completed), completed);
}

export async function runDetail(
  deps: { readonly storage: Storage; readonly live: Pick<LiveRuns, "find"> },
  stored: StoredRun,
): Promise<RunDetail> {
  const { id: run, plan } = stored;
  const [rounds, volunteers, job] = await Promise.all([
    deps.storage.rounds.rows(run),
    deps.storage.volunteers.list(run),
    deps.storage.jobs.latestSynthesis(run),
  ]);
  const live = deps.live.find(run);
  const completed = completedCount(rounds);
  return {
    summary: summaryOf(stored, live, await activityOf(deps, stored, live, completed), completed),
    live: live?.open ? liveRound(live.open) : null,
    rounds: [...rounds],
    volunteers: volunteers.map((record) => volunteerRow(record, live)),
    synthesis:
      job === null ? null : synthesisView(job, plan.dynafed, await isFirstSynthesis(deps.storage, run, job)),
  };
}

/** The model that a volunteer would be given now. */
export function newestSnapshot<S extends { readonly round: number; readonly kind: SnapshotKind }>(
  snapshots: readonly S[],
): S | undefined {
  const age = (kind: SnapshotKind) => ["initial", "aggregate", "refined"].indexOf(kind);
  return snapshots.toSorted((a, b) => a.round - b.round || age(a.kind) - age(b.kind)).at(-1);
}

function completedCount(rounds: readonly RoundRow[]): number {
  return rounds.filter(({ outcome }) => outcome === "aggregated").length;
}

function summaryOf(
  stored: StoredRun,
  live: LiveRun | null,
  activity: RunActivity,
  completedRounds: number,
): RunSummary {
  return {
    id: stored.id,
    name: stored.name,
    createdAt: stored.createdAt.toISOString(),
    plan: stored.plan,
    activity,
    completedRounds,
    connectedVolunteers: live?.volunteers.length ?? 0,
  };
}

/** Where this server does not coordinate the run, it waits for figures, or another server or none does. */
async function activityOf(
  { storage }: Pick<ViewDeps, "storage">,
  { id: run, plan }: StoredRun,
  live: LiveRun | null,
  completedRounds: number,
): Promise<RunActivity> {
  if (live !== null) return live.activity;
  if (!needsFigures(plan.task)) return { state: "paused", round: completedRounds };
  const available = await storage.statistics.count(run);
  return { state: "waiting", available, needed: plan.cohort.minimum };
}

function liveRound(open: NonNullable<LiveRun["open"]>): NonNullable<RunDetail["live"]> {
  return {
    round: open.round,
    asked: [...open.asked],
    reported: [...open.reported],
    deadlineAt: new Date(open.deadlineAtMs).toISOString(),
  };
}

function volunteerRow(record: VolunteerRecord, live: LiveRun | null): VolunteerRow {
  const connected = live?.volunteers.find(({ volunteer }) => volunteer === record.volunteer);
  return {
    volunteer: record.volunteer,
    connected: connected !== undefined,
    available: connected?.available ?? false,
    device: record.device,
    backend: record.backend,
    examples: connected?.examples ?? 0,
    lastSeenAt: record.lastSeenAt.toISOString(),
    roundsReported: record.roundsReported,
    bytesUp: record.bytesUp,
    bytesDown: record.bytesDown,
  };
}

/** Known without a look into the store from the moment that it says how far it has come. */
async function isFirstSynthesis(storage: Storage, run: string, job: JobView): Promise<boolean> {
  return job.progress !== null || (await storage.syntheticSets.latest(run)) === null;
}

function synthesisView(job: JobView, dynafed: StoredRun["plan"]["dynafed"], isFirst: boolean): SynthesisView {
  const { progress } = job;
  return {
    round: job.round,
    state: job.state,
    backend: progress?.backend ?? null,
    ...synthesisProgress(progress, dynafed, isFirst),
    distances: (progress?.distances ?? []).map(([iteration, distance]) => [iteration, distance]),
    ms: progress?.ms ?? 0,
    failure: job.failure,
  };
}
