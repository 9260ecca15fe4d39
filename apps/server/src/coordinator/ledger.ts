/**
 * A run's state beside its journal: no step is taken in memory before it is committed. When a commit fails it may
 * have been written all the same, so the journal decides: the state is rebuilt from it and the event tried again.
 */
import { type Runtime, reasonOf, wait } from "@tributary/platform";
import type { Hash } from "@tributary/protocol";
import type { Effects, RunEvent, RunRules, RunState, Step } from "@tributary/rounds";
import { initialState, replay, resume, step } from "@tributary/rounds";
import type { Storage, StoredRun, Write } from "@tributary/storage";

/** `resumed`: what resuming asks for, if the state was rebuilt from the journal meanwhile. */
export type Recorded =
  /** `effects`: what the step from `before` asks for. */
  | {
      readonly outcome: "committed";
      readonly before: RunState;
      readonly effects: Effects;
      readonly resumed: Effects;
    }
  /** The event changes nothing in the state that the run is in. */
  | { readonly outcome: "ignored" }
  /**
   * A commit failed or its place was taken, and in the state that the journal then gave the event changes nothing: it
   * may stand there already.
   */
  | { readonly outcome: "overtaken"; readonly resumed: Effects };

export type Entry = {
  readonly event: RunEvent;
  /** What is written with the event, in its transaction. */
  readonly writes: (effects: Effects) => readonly Write[];
  /** How many commits may fail; asked after each failure. */
  readonly attempts: () => number;
};

export type Ledger = {
  state(): RunState;
  /** Replays the journal. Rejects when it cannot be read, and leaves the state as it was. */
  rebuild(): Promise<void>;
  /** Steps by an event and commits it. Rejects with the last failure once its attempts are used up. */
  record(entry: Entry): Promise<Recorded>;
};

export type LedgerOptions = {
  readonly storage: Pick<Storage, "journal">;
  readonly run: StoredRun;
  readonly initialSnapshot: Hash;
  readonly rules: RunRules;
  readonly deps: Runtime;
};

/** `sequence`: the number of the journal's newest entry that `state` holds; 0: none. */
type Book = { state: RunState; sequence: number };

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5000;

/** Opens a ledger at the run's first state; `rebuild` brings it to the state of the journal. */
export function openLedger(options: LedgerOptions): Ledger {
  const book: Book = { state: initialState(options.run.plan, options.initialSnapshot), sequence: 0 };
  return {
    state: () => book.state,
    rebuild: () => rebuild(options, book),
    record: (entry) => record(options, book, entry),
  };
}

async function rebuild({ storage, run, initialSnapshot, rules }: LedgerOptions, book: Book): Promise<void> {
  const events = await storage.journal.read(run.id);
  book.state = replay(initialState(run.plan, initialSnapshot), events, rules);
  book.sequence = events.length;
}

async function record(options: LedgerOptions, book: Book, entry: Entry): Promise<Recorded> {
  let resumed: Effects | null = null;
  for (let attempt = 1; ; attempt++) {
    const before = book.state;
    const next = step(before, entry.event, options.rules);
    if (next.state === before) {
      return resumed === null ? { outcome: "ignored" } : { outcome: "overtaken", resumed };
    }
    try {
      if (await commit(options, book, entry, next)) {
        return { outcome: "committed", before, effects: next.effects, resumed: resumed ?? [] };
      }
      await rebuild(options, book);
      resumed = resume(book.state);
    } catch (error) {
      await recover(options, entry, attempt, error);
      if (await isRebuilt(options, book)) resumed = resume(book.state);
    }
  }
}

/** Returns false if another entry has the place in the journal. */
async function commit(options: LedgerOptions, book: Book, entry: Entry, next: Step): Promise<boolean> {
  const { storage, run } = options;
  const place = book.sequence + 1;
  const { outcome } = await storage.journal.commit(run.id, place, entry.event, entry.writes(next.effects));
  if (outcome !== "committed") return false;
  book.state = next.state;
  book.sequence = place;
  return true;
}

/** Waits longer after each failure; throws `error` after the last attempt. */
async function recover(options: LedgerOptions, entry: Entry, attempt: number, error: unknown): Promise<void> {
  const { deps } = options;
  deps.log.warn({ event: entry.event.type, attempt, reason: reasonOf(error) }, "commit failed");
  if (attempt >= entry.attempts()) throw error;
  await wait(deps, Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS));
}

function isRebuilt(options: LedgerOptions, book: Book): Promise<boolean> {
  return rebuild(options, book).then(
    () => true,
    () => false,
  );
}
