import { deferred, type Runtime, reasonOf, wait } from "@tributary/platform";
import type { Leading, Storage } from "@tributary/storage";

export type Lead = {
  isHeld(): boolean;
  /** Resolves once this process leads the run, or the lead is given up for good. */
  held(): Promise<void>;
  /** Gives the lead up for good, and resolves once the database knows. */
  close(): Promise<void>;
};

export type LeadOptions = {
  readonly storage: Pick<Storage, "lead">;
  readonly run: string;
  /** Its log knows the run. */
  readonly deps: Runtime;
  /** Runs before anybody sees the lead as held. If it rejects, the lead is given back and asked for again. */
  readonly onTaken: () => Promise<void>;
};

type Holding = {
  isHeld: boolean;
  isClosed: boolean;
  opened: ReturnType<typeof deferred>;
  readonly ended: ReturnType<typeof deferred>;
};

const RETRY_MS = 200;

/** Asks for the run's lead until it has it, and again after losing it. Only one process has it at a time. */
export function holdLead(options: LeadOptions): Lead {
  const holding: Holding = { isHeld: false, isClosed: false, opened: deferred(), ended: deferred() };
  const ended = holdUntilClosed(options, holding);
  return {
    isHeld: () => holding.isHeld,
    held: () => holding.opened.promise,
    async close() {
      holding.isClosed = true;
      holding.ended.resolve();
      await ended;
    },
  };
}

async function holdUntilClosed(options: LeadOptions, holding: Holding): Promise<void> {
  const { log } = options.deps;
  let isFailing = false;
  while (!holding.isClosed) {
    try {
      await holdOnce(options, holding);
      isFailing = false;
    } catch (error) {
      // A database that is away for a while leaves one line, not one for each try.
      if (!isFailing) log.warn({ reason: reasonOf(error) }, "cannot take the lead");
      isFailing = true;
    }
    if (!holding.isClosed) await Promise.race([wait(options.deps, RETRY_MS), holding.ended.promise]);
  }
  holding.opened.resolve();
}

/** Resolves when the lead is lost, given up, or another process has it. */
async function holdOnce(options: LeadOptions, holding: Holding): Promise<void> {
  const asked = options.storage.lead(options.run);
  const lead = await Promise.race([asked, holding.ended.promise]);
  if (lead === null) return;
  if (lead === undefined) return giveBackLater(asked);
  try {
    await options.onTaken();
    holding.isHeld = true;
    holding.opened.resolve();
    await Promise.race([lead.lost, holding.ended.promise]);
  } finally {
    if (holding.isHeld) letGo(options, holding);
    await lead.release();
  }
}

function letGo({ deps: { log } }: LeadOptions, holding: Holding): void {
  holding.isHeld = false;
  // Only a promise that was kept is replaced, so that whoever waits already is still told.
  holding.opened = deferred();
  if (holding.isClosed) log.info({}, "lead released");
  else log.warn({}, "lead lost");
}

/** Gives back a lead that the database grants after the close. */
function giveBackLater(asked: Promise<Leading | null>): void {
  asked.then((late) => late?.release()).catch(() => undefined);
}
