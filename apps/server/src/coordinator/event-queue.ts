/**
 * The serial queue of a run's events, and the lead that it needs. Each event is stepped, committed together with
 * what it writes, and only then acted upon. Nothing moves while another process leads the run.
 */
import type { Runtime } from "@tributary/platform";
import type { Effects, RunEvent, RunState } from "@tributary/rounds";
import type { Storage, StoredRun } from "@tributary/storage";
import { holdLead, type Lead } from "./lead.ts";
import type { Ledger, Recorded } from "./ledger.ts";
import type { RoundLog } from "./round-log.ts";
import type { TrafficMeter } from "./traffic-meter.ts";
import { type Attached, writesOf } from "./writes.ts";

/** Queues an event, which `what` returns when its turn comes; null: no event. Retries until it is committed. */
export type Post = (what: (state: RunState) => RunEvent | null, attached?: Attached) => void;

/** Steps by an event, commits it and performs its effects. Rejects after a few failed commits. */
export type RecordNow = (event: RunEvent, attached?: Attached) => Promise<Recorded>;

export type EventQueue = {
  readonly lead: Pick<Lead, "isHeld" | "held">;
  readonly post: Post;
  /** Runs a task when its turn comes, and gives it the way to record events; null: the queue closed first. */
  inTurn<T>(task: (record: RecordNow) => Promise<T>): Promise<T | null>;
  isClosed(): boolean;
  /** Gives the lead up and resolves once no task is under way. Events that still wait are dropped. */
  close(): Promise<void>;
};

export type EventQueueOptions = {
  readonly storage: Pick<Storage, "lead">;
  readonly run: StoredRun;
  readonly ledger: Ledger;
  readonly traffic: TrafficMeter;
  readonly roundLog: RoundLog;
  readonly deps: Runtime;
  /** Called after each commit with what the step asks for. Must not throw. */
  readonly perform: (effects: Effects) => void;
  /** Called after `perform` if the state has changed. */
  readonly onMoved: () => void;
  /** Runs as soon as the lead is taken, before any event; repeated until it succeeds. */
  readonly onLead: () => Promise<void>;
};

/** How many commits may fail for an event that somebody waits for. */
const AWAITED_ATTEMPTS = 6;

/** Opens the queue and begins to ask for the lead; events wait until it is held. */
export function openEventQueue(options: EventQueueOptions): EventQueue {
  const { run, deps, ledger } = options;
  let isClosed = false;
  let tail = Promise.resolve();

  const enqueue = <T>(task: () => Promise<T>): Promise<T | null> => {
    const result = tail.then(async () => {
      await lead.held();
      return isClosed ? null : task();
    });
    tail = result.then(
      () => undefined,
      (error: unknown) => deps.log.error({ err: error }, "an event failed"),
    );
    return result;
  };
  const recordNow = (event: RunEvent, attached: Attached, attempts: number) =>
    recordEvent(options, event, attached, () => (isClosed ? 0 : attempts));
  const lead = holdLead({ ...options, run: run.id, onTaken: options.onLead });

  return {
    lead,
    post(what, attached = {}) {
      const posted = enqueue(async () => {
        const event = what(ledger.state());
        if (event !== null) await recordNow(event, attached, Number.POSITIVE_INFINITY);
      });
      // The queue has logged it.
      posted.catch(() => undefined);
    },
    inTurn: (task) =>
      enqueue(() => task((event, attached = {}) => recordNow(event, attached, AWAITED_ATTEMPTS))),
    isClosed: () => isClosed,
    async close() {
      isClosed = true;
      await lead.close();
      await tail;
    },
  };
}

/** Steps, commits and performs one event, in its turn. */
async function recordEvent(
  options: EventQueueOptions,
  event: RunEvent,
  attached: Attached,
  attempts: () => number,
): Promise<Recorded> {
  const { ledger, traffic } = options;
  const stateBefore = ledger.state();
  const measured = traffic.read();
  const writes = (effects: Effects) => writesOf(effects, { atMs: event.atMs, traffic: measured, attached });
  const recorded = await ledger.record({ event, writes, attempts });
  if (recorded.outcome === "committed") {
    const { before, effects } = recorded;
    options.roundLog.noteStep(before, event, effects);
    if (effects.some(({ type }) => type === "close-round")) traffic.settle(measured);
  }
  options.perform(toPerform(recorded));
  if (ledger.state() !== stateBefore) options.onMoved();
  return recorded;
}

function toPerform(recorded: Recorded): Effects {
  switch (recorded.outcome) {
    case "committed":
      return [...recorded.resumed, ...recorded.effects];
    case "overtaken":
      return recorded.resumed;
    case "ignored":
      return [];
    default:
      return recorded satisfies never;
  }
}
