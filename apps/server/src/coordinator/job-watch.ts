import type { DynafedSettings } from "@tributary/protocol";
import { type RunEvent, type RunState, type SynthesisProgress, synthesisProgress } from "@tributary/rounds";
import type { JobView, Storage } from "@tributary/storage";
import { coalesced } from "./coalesced.ts";

export type JobWatch = {
  /** Looks whether the job that the run waits for has moved. Called while it looks, it looks once more. */
  check(): void;
  /** Progress of the synthesis that the run waits for. */
  synthesis(): SynthesisProgress;
};

export type JobWatchOptions = {
  readonly storage: {
    readonly jobs: Pick<Storage["jobs"], "find">;
    readonly snapshots: Pick<Storage["snapshots"], "list">;
  };
  readonly run: string;
  readonly dynafed: DynafedSettings | null;
  readonly state: () => RunState;
  /** Whether this process may record what it sees. Otherwise it does not look, so that no events pile up. */
  readonly isLeading: () => boolean;
  readonly nowMs: () => number;
  readonly post: (what: (state: RunState) => RunEvent) => void;
  readonly onProgress: () => void;
  readonly onFailure: (error: unknown) => void;
};

/** What the newest look at a synthesis has shown. */
type Seen = { newest: { readonly round: number; readonly progress: SynthesisProgress } | null };

/** Turns the ends of synthesize and refine jobs into events. */
export function watchJobs(options: JobWatchOptions): JobWatch {
  const seen: Seen = { newest: null };
  return {
    check: coalesced(() => look(options, seen), options.onFailure),
    synthesis: () => synthesisOf(options, seen),
  };
}

async function look(options: JobWatchOptions, seen: Seen): Promise<void> {
  if (!options.isLeading()) return;
  const { storage, run } = options;
  const { phase, round } = options.state();
  if (phase === "synthesizing")
    onSynthesis(options, seen, round, await storage.jobs.find(run, "synthesize", round));
  if (phase === "refining") await onRefine(options, round, await storage.jobs.find(run, "refine", round));
}

function onSynthesis(options: JobWatchOptions, seen: Seen, round: number, job: JobView | null): void {
  if (job === null) throw new Error(`no synthesis is queued for round ${round}`);
  const atMs = options.nowMs();
  switch (job.state) {
    case "done":
      options.post(() => ({ type: "synthesized", round, atMs }));
      break;
    case "failed":
      options.post(() => ({ type: "synthesis-failed", round, reason: reasonOf(job), atMs }));
      break;
    case "queued":
    case "working":
      noteProgress(options, seen, round, job);
      break;
    default:
      job.state satisfies never;
  }
}

function noteProgress(options: JobWatchOptions, seen: Seen, round: number, job: JobView): void {
  const [before, progress] = [synthesisOf(options, seen), progressOf(options, job)];
  seen.newest = { round, progress };
  if (progress.iteration !== before.iteration || progress.iterations !== before.iterations) {
    options.onProgress();
  }
}

async function onRefine(options: JobWatchOptions, round: number, job: JobView | null): Promise<void> {
  if (job === null) throw new Error(`no refine is queued for round ${round}`);
  const atMs = options.nowMs();
  if (job.state === "failed") {
    return options.post(() => ({ type: "refine-failed", round, reason: reasonOf(job), atMs }));
  }
  if (job.state !== "done") return;
  const snapshots = await options.storage.snapshots.list(options.run);
  const refined = snapshots.find((snapshot) => snapshot.round === round && snapshot.kind === "refined");
  if (refined === undefined) throw new Error(`the refine of round ${round} left no snapshot`);
  options.post(() => ({ type: "refined", round, refined: refined.hash, atMs }));
}

function reasonOf({ failure }: JobView): string {
  return failure ?? "no reason given";
}

function synthesisOf(options: JobWatchOptions, { newest }: Seen): SynthesisProgress {
  // The progress of an earlier synthesis says nothing of this one.
  return newest?.round === options.state().round ? newest.progress : progressOf(options, null);
}

function progressOf(options: JobWatchOptions, job: JobView | null): SynthesisProgress {
  const state = options.state();
  const isLater = state.phase === "synthesizing" && state.trajectory.kind === "synthesized";
  return synthesisProgress(job?.progress ?? null, options.dynafed, !isLater);
}
