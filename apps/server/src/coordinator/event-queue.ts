/**
 * The serial queue of a run's events, and the lead that it needs. Each event is stepped, committed together with
 * what it writes, and only then acted upon; nothing moves while another process leads the run.
 */

import type { Runtime } from "@tributary/platform";
import type { Effects, RunEvent, RunState } from "@tributary/rounds";
import type { Storage } from "@tributary/storage";
import { holdLead, type Lead } from "./leading.ts";
import type { Ledger, Recorded } from "./ledger.ts";
import type { TrafficMeter } from "./roster.ts";
import { type Attached, writesOf } from "./writes.ts";

export type EventQueue = {
  readonly lead: Pick<Lead, "isHeld" | "held">;
  /** Runs a task when its turn comes; null: the queue closed first. */
  enqueue<T>(task: () => Promise<T>): Promise<T | null>;
  /** Within a task: steps, commits, performs. Throws after `attempts` failed commits. */
  record(event: RunEvent, attached: Attached, attempts: number): Promise<Recorded>;
  /** Queues the event that `what` gives when its turn comes; null: none any more. Tries until it is committed. */
  post(what: (state: RunState) => RunEvent | null, attached?: Attached): void;
  isClosed(): boolean;
  close(): Promise<void>;
};

export function openEventQueue(options: {
  readonly storage: Storage;
  readonly run: string;
  readonly ledger: Ledger;
  readonly traffic: TrafficMeter;
  readonly deps: Runtime;
  readonly perform: (effects: Effects) => void;
  readonly onMoved: () => void;
  /** Runs as soon as the lead is taken, before any event; repeated until it succeeds. */
  readonly onLead: () => Promise<void>;
}): EventQueue {
  const { run, ledger, traffic, deps } = options;
  let closed = false;
  let tail = Promise.resolve();

  const enqueue: EventQueue["enqueue"] = (task) => {
    const result = tail.then(async () => {
      await lead.held();
      return closed ? null : task();
    });
    tail = result.then(
      () => undefined,
      (error: unknown) => deps.log.error({ run, error: String(error) }, "an event failed"),
    );
    return result;
  };

  const record: EventQueue["record"] = async (event, attached, attempts) => {
    const before = ledger.state();
    const moved = traffic.read();
    const recorded = await ledger.record(
      event,
      (effects) => writesOf(effects, event.atMs, moved, attached),
      () => (closed ? 0 : attempts),
    );
    if (recorded.effects.some((effect) => effect.type === "close-round")) traffic.settle(moved);
    if ("reason" in event) deps.log.warn({ run, event }, "the run goes on without this job");
    options.perform(recorded.effects);
    if (ledger.state() !== before) options.onMoved();
    return recorded;
  };

  const lead = holdLead(options.storage, run, deps, options.onLead);

  return {
    lead,
    enqueue,
    record,
    post(what, attached = {}) {
      const posted = enqueue(async () => {
        const event = what(ledger.state());
        if (event !== null) await record(event, attached, Number.POSITIVE_INFINITY);
      });
      // The queue has logged it.
      posted.catch(() => undefined);
    },
    isClosed: () => closed,
    async close() {
      closed = true;
      await lead.close();
      await tail;
    },
  };
}
