import type { DynafedSettings } from "@tributary/protocol";
import type { RunEvent, RunState } from "@tributary/rounds";
import { type SynthesisProgress, synthesisProgress } from "@tributary/rounds";
import type { JobView, Storage } from "@tributary/storage";

export type JobWatch = {
  /** Looks whether the job that the run waits for has moved; calls while one is running run once more after it. */
  check(): void;
  /** Of the synthesis that the run waits for. */
  synthesis(): SynthesisProgress;
};

/** Turns the ends of synthesize and refine jobs into events. */
export function watchJobs(options: {
  readonly storage: {
    readonly jobs: Pick<Storage["jobs"], "find">;
    readonly snapshots: Pick<Storage["snapshots"], "list">;
  };
  readonly run: string;
  readonly dynafed: DynafedSettings | null;
  readonly state: () => RunState;
  /** Whether this process may record what it sees: it does not look otherwise, so that no events pile up. */
  readonly isLeading: () => boolean;
  readonly nowMs: () => number;
  readonly post: (what: (state: RunState) => RunEvent) => void;
  readonly onProgress: () => void;
  readonly onFailure: (error: unknown) => void;
}): JobWatch {
  const { storage, run, nowMs } = options;
  let known: { readonly round: number; readonly progress: SynthesisProgress } | null = null;
  let checking = false;
  let again = false;

  const progressOf = (state: RunState, job: JobView | null) => {
    const isLater = state.phase === "synthesizing" && state.trajectory.kind === "synthesized";
    return synthesisProgress(job?.progress ?? null, options.dynafed, !isLater);
  };
  const synthesis = () => {
    const state = options.state();
    // What was known of an earlier synthesis says nothing of this one.
    return known?.round === state.round ? known.progress : progressOf(state, null);
  };

  const look = async () => {
    if (!options.isLeading()) return;
    const state = options.state();
    if (state.phase === "synthesizing") {
      onSynthesis(await storage.jobs.find(run, "synthesize", state.round), state.round);
    }
    if (state.phase === "refining") {
      await onRefine(await storage.jobs.find(run, "refine", state.round), state.round);
    }
  };

  const onSynthesis = (job: JobView | null, round: number) => {
    if (job === null) throw new Error(`no synthesis is queued for round ${round}`);
    if (job.state === "done") return options.post(() => ({ type: "synthesized", round, atMs: nowMs() }));
    if (job.state === "failed") {
      const reason = job.failure ?? "no reason given";
      return options.post(() => ({ type: "synthesis-failed", round, reason, atMs: nowMs() }));
    }
    const [before, progress] = [synthesis(), progressOf(options.state(), job)];
    known = { round, progress };
    if (progress.iteration !== before.iteration || progress.iterations !== before.iterations) {
      options.onProgress();
    }
  };

  const onRefine = async (job: JobView | null, round: number) => {
    if (job === null) throw new Error(`no refine is queued for round ${round}`);
    if (job.state === "failed") {
      const reason = job.failure ?? "no reason given";
      return options.post(() => ({ type: "refine-failed", round, reason, atMs: nowMs() }));
    }
    if (job.state !== "done") return;
    const snapshots = await storage.snapshots.list(run);
    const refined = snapshots.find((snapshot) => snapshot.round === round && snapshot.kind === "refined");
    if (refined === undefined) throw new Error(`the refine of round ${round} left no snapshot`);
    options.post(() => ({ type: "refined", round, refined: refined.hash, atMs: nowMs() }));
  };

  const check = () => {
    again = true;
    if (checking) return;
    checking = true;
    void (async () => {
      while (again) {
        again = false;
        await look().catch(options.onFailure);
      }
      checking = false;
    })();
  };

  return { check, synthesis };
}
