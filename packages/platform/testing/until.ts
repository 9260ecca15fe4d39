/** Waits for what another process, a socket or a timer brings about. No test sleeps a fixed time instead. */
import { inspect } from "node:util";

/** What counts as there: everything but false, null and undefined. */
type Found<Seen> = Exclude<Seen, false | null | undefined>;

type Patience = {
  /** Default 30 s: other tests share the machine. */
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 30_000;
const INTERVAL_MS = 20;

/**
 * Calls `look` every 20 ms until what it returns is there, and returns that. There is everything but false, null and
 * undefined, or whatever `holds` accepts. A look that throws has not found it yet. Throws after `timeoutMs`, also where
 * a look does not answer; the message says what was waited for and what the last look saw.
 *
 *     const checkpoint = await until("a checkpoint", () => storage.jobs.checkpoint(job));
 *     await until("an empty queue", () => storage.jobs.pending(run), { holds: (count) => count === 0 });
 */
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  options?: Patience & { readonly holds?: never },
): Promise<Found<Seen>>;
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  options: Patience & { readonly holds: (seen: Seen) => boolean },
): Promise<Seen>;
export async function until<Seen>(
  what: string,
  look: () => Seen | Promise<Seen>,
  { timeoutMs = TIMEOUT_MS, holds = isThere }: Patience & { holds?: (seen: Seen) => boolean } = {},
): Promise<Seen> {
  let last: Look<Seen> = { outcome: "unanswered" };
  let isOver = false;
  const search = async (): Promise<Seen | null> => {
    while (!isOver) {
      last = await tryToLook(look);
      if (last.outcome === "saw" && holds(last.seen)) return last.seen;
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
    return null;
  };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(gaveUp(what, timeoutMs, last)), timeoutMs);
  });
  try {
    return (await Promise.race([search(), timeout])) as Seen;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

type Look<Seen> =
  | { readonly outcome: "unanswered" }
  | { readonly outcome: "saw"; readonly seen: Seen }
  | { readonly outcome: "threw"; readonly thrown: unknown };

async function tryToLook<Seen>(look: () => Seen | Promise<Seen>): Promise<Look<Seen>> {
  try {
    return { outcome: "saw", seen: await look() };
  } catch (thrown) {
    return { outcome: "threw", thrown };
  }
}

function isThere(seen: unknown): boolean {
  return seen !== false && seen !== null && seen !== undefined;
}

function gaveUp(what: string, timeoutMs: number, last: Look<unknown>): Error {
  const waited = `waited ${timeoutMs} ms for ${what}`;
  switch (last.outcome) {
    case "unanswered":
      return new Error(`${waited}; no look was answered`);
    case "saw":
      return new Error(`${waited}; last saw ${inspect(last.seen, { depth: 4, maxStringLength: 1000 })}`);
    case "threw":
      return new Error(`${waited}; the last look threw ${String(last.thrown)}`, { cause: last.thrown });
    default:
      return last satisfies never;
  }
}
