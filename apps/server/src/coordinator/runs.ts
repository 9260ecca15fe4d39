import type { Runtime } from "@tributary/platform";
import type { Storage } from "@tributary/storage";
import { type Coordinator, type CoordinatorSettings, startCoordinator } from "./coordinator.ts";
import type { ActionOutcome, LiveRuns } from "./live-runs.ts";

export type Runs = LiveRuns & {
  /** The run's coordinator, started on demand; null: there is no such run. */
  open(run: string): Promise<Coordinator | null>;
  /** Calls back when rounds of a run, up to and including `round`, take no more updates. Returns the way to stop. */
  onRoundClosed(listener: (run: string, round: number) => void): () => void;
  close(): Promise<void>;
};

/** The coordinators of this process: of every run there is, and of those that are made later, once asked for. */
export async function startRuns(options: {
  readonly storage: Storage;
  readonly deps: Runtime;
  readonly settings?: Partial<CoordinatorSettings>;
}): Promise<Runs> {
  const { storage } = options;
  const opening = new Map<string, Promise<Coordinator | null>>();
  const opened = new Map<string, Coordinator>();
  const listeners = new Map<string, Set<() => void>>();
  const closings = new Set<(run: string, round: number) => void>();

  const start = async (run: string) => {
    const stored = await storage.runs.find(run);
    if (stored === null) return null;
    const onRoundClosed = (round: number) => {
      for (const listener of closings) listener(run, round);
    };
    const coordinator = await startCoordinator({ ...options, run: stored, onRoundClosed });
    coordinator.onChange(() => {
      for (const listener of listeners.get(run) ?? []) listener();
    });
    opened.set(run, coordinator);
    return coordinator;
  };

  const open = (run: string) => {
    const known = opening.get(run);
    if (known !== undefined) return known;
    const starting = start(run);
    opening.set(run, starting);
    const forget = () => opening.delete(run);
    // A run that is not there may be created later, and a database that is away comes back.
    starting.then((coordinator) => coordinator ?? forget(), forget);
    return starting;
  };

  for (const { id: run } of await storage.runs.list()) {
    // One run that cannot be read must not keep the others from going on; whoever asks for it tries again.
    await open(run).catch((error: unknown) =>
      options.deps.log.error({ run, err: error }, "cannot open a run"),
    );
  }

  return {
    open,
    onRoundClosed(listener) {
      closings.add(listener);
      return () => void closings.delete(listener);
    },
    find: (run) => opened.get(run)?.live() ?? null,
    async adopt(run) {
      await open(run);
    },
    async act(run, action): Promise<ActionOutcome> {
      const coordinator = await open(run);
      return coordinator?.act(action) ?? { ok: false, reason: `there is no run ${run}` };
    },
    subscribe(run, onChange) {
      const of = listeners.get(run) ?? new Set();
      listeners.set(run, of.add(onChange));
      return () => void of.delete(onChange);
    },
    async close() {
      const coordinators = await Promise.allSettled(opening.values());
      await Promise.all(
        coordinators.map((started) => (started.status === "fulfilled" ? started.value?.close() : undefined)),
      );
    },
  };
}
