import type { Runtime } from "@tributary/platform";
import { needsFigures } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import { type Coordinator, type CoordinatorSettings, startCoordinator } from "./coordinator.ts";
import { createListeners, type Listeners } from "./listeners.ts";
import type { ActionOutcome, LiveRuns, RunAction } from "./live-runs.ts";

export type Runs = LiveRuns & {
  /**
   * The run's coordinator, started on demand; null: there is no such run, or it waits for its volunteers' figures.
   * Rejects when it cannot be started.
   */
  open(run: string): Promise<Coordinator | null>;
  /** Calls back when rounds of a run, up to and including `round`, take no more updates. Returns the way to stop. */
  onRoundClosed(listener: (run: string, round: number) => void): () => void;
  /** Gives up the lead of every run; what is under way is brought to its end first. */
  close(): Promise<void>;
};

export type RunsOptions = {
  readonly storage: Storage;
  readonly deps: Runtime;
  readonly settings?: Partial<CoordinatorSettings>;
};

type Opened = {
  /** The coordinators of all runs that were asked for; one that could not be started is forgotten. */
  readonly starting: Map<string, Promise<Coordinator | null>>;
  readonly started: Map<string, Coordinator>;
  readonly changes: Map<string, Listeners<[]>>;
  readonly closings: Listeners<[run: string, round: number]>;
};

/**
 * Starts a coordinator for every run there is; a run that is created later gets one when it is first asked for. Rejects
 * when the runs cannot be listed. A run that cannot be read is logged, and tried again when it is asked for.
 */
export async function startRuns(options: RunsOptions): Promise<Runs> {
  const opened: Opened = {
    ...{ starting: new Map(), started: new Map(), changes: new Map() },
    closings: createListeners(),
  };
  const open = (run: string) => openRun(options, opened, run);
  for (const { id: run } of await options.storage.runs.list()) {
    // One run that cannot be read must not keep the others from going on.
    await open(run).catch((error: unknown) =>
      options.deps.log.error({ run, err: error }, "cannot open a run"),
    );
  }
  return {
    open,
    onRoundClosed: opened.closings.add,
    find: (run) => opened.started.get(run)?.live() ?? null,
    async adopt(run) {
      // Whoever looked at the same time may have found it without the figures that it has now.
      (await open(run)) ?? (await open(run));
    },
    act: async (run, action) => steerRun(await open(run), run, action),
    subscribe: (run, onChange) => changesOf(opened, run).add(onChange),
    close: () => closeAll(opened),
  };
}

function openRun(options: RunsOptions, opened: Opened, run: string): Promise<Coordinator | null> {
  const known = opened.starting.get(run);
  if (known !== undefined) return known;
  const starting = startRun(options, opened, run);
  opened.starting.set(run, starting);
  const forget = () => opened.starting.delete(run);
  // A run that is not there may be created later, one without figures gets them, and a database that is away comes back.
  starting.then((coordinator) => coordinator ?? forget(), forget);
  return starting;
}

async function startRun(options: RunsOptions, opened: Opened, run: string): Promise<Coordinator | null> {
  const stored = await options.storage.runs.find(run);
  if (stored === null || needsFigures(stored.plan.task)) return null;
  const onRoundClosed = (round: number) => opened.closings.call(run, round);
  const coordinator = await startCoordinator({ ...options, run: stored, onRoundClosed });
  coordinator.onChange(changesOf(opened, run).call);
  opened.started.set(run, coordinator);
  return coordinator;
}

function steerRun(
  coordinator: Coordinator | null,
  run: string,
  action: RunAction,
): Promise<ActionOutcome> | ActionOutcome {
  return coordinator?.act(action) ?? { ok: false, reason: `there is no run ${run}` };
}

function changesOf({ changes }: Opened, run: string): Listeners<[]> {
  const listeners = changes.get(run) ?? createListeners();
  changes.set(run, listeners);
  return listeners;
}

async function closeAll({ starting }: Opened): Promise<void> {
  const coordinators = await Promise.allSettled(starting.values());
  await Promise.all(
    coordinators.map((started) => (started.status === "fulfilled" ? started.value?.close() : undefined)),
  );
}
