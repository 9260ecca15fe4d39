import { deferred, type Runtime, wait } from "@tributary/platform";
import type { Storage } from "@tributary/storage";

export type Lead = {
  isHeld(): boolean;
  /** Resolves once this process leads the run, or the lead is given up for good. */
  held(): Promise<void>;
  close(): Promise<void>;
};

const RETRY_MS = 200;

/**
 * Tries for the run's lead until it has it, and again after losing it. `taken` runs before anybody sees the lead
 * as held, and is repeated until it succeeds.
 */
export function holdLead(storage: Storage, run: string, deps: Runtime, taken: () => Promise<void>): Lead {
  let closed = false;
  let isHeld = false;
  let opened = deferred();
  const ended = deferred();

  const hold = async () => {
    const asked = storage.lead(run);
    const lead = await Promise.race([asked, ended.promise]);
    if (lead === null) return;
    // Closed before the database answered: what it gives after all is given back.
    if (lead === undefined) return void asked.then((late) => late?.release()).catch(() => undefined);
    try {
      await taken();
      isHeld = true;
      opened.resolve();
      await Promise.race([lead.lost, ended.promise]);
    } finally {
      // Who waits already goes on waiting for the same promise: only one that was kept is replaced.
      if (isHeld) opened = deferred();
      isHeld = false;
      await lead.release();
    }
  };
  const loop = async () => {
    while (!closed) {
      await hold().catch((error: unknown) => deps.log.warn({ run, error: String(error) }, "lead lost"));
      if (!closed) await Promise.race([wait(deps, RETRY_MS), ended.promise]);
    }
    opened.resolve();
  };
  const looping = loop();

  return {
    isHeld: () => isHeld,
    held: () => opened.promise,
    async close() {
      closed = true;
      ended.resolve();
      await looping;
    },
  };
}
