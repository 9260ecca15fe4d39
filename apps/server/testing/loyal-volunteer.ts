/** For tests: a volunteer by hand that reports seeded updates, and comes back whenever the server goes away. */
import { setTimeout as sleep } from "node:timers/promises";
import { createRng, deriveSeed } from "@tributary/model";
import { CloseCode, type Hash } from "@tributary/protocol";
import { ConnectionClosed, connectVolunteer, join, type RawVolunteer, report } from "./test-volunteer.ts";

export type Acknowledged = { readonly round: number; readonly volunteer: string; readonly hash: Hash };

/** The values of volunteer `index`'s update in a round: the same whatever snapshot it is for. */
export function seededDelta(index: number, round: number, parameters: number): Float32Array {
  const rng = createRng(deriveSeed(5, "delta", index, round));
  return Float32Array.from({ length: parameters }, () => 0.02 * rng.normal());
}

/** Resolves once the run is over, however long it takes: whoever calls has a deadline of its own. `acknowledged` is called with every update that the server took. */
export async function volunteerLoyally(options: {
  readonly index: number;
  readonly run: string;
  /** Values of one update. */
  readonly values: number;
  /** Where the server is now; it may move. */
  readonly url: () => string;
  /** Awaited before each report. */
  readonly mayReport?: (round: number) => Promise<void>;
  readonly acknowledged: (update: Acknowledged) => void;
}): Promise<void> {
  let resumeToken: string | undefined;
  for (;;) {
    try {
      const volunteer = await connectVolunteer(options.url());
      const over = volunteer.next("activity-changed", ({ activity }) => activity.state === "finished", null);
      const told = over.then(() => true);
      const welcome = await join(volunteer, options.run, {
        examples: 10 * (options.index + 1),
        ...(resumeToken === undefined ? {} : { resumeToken }),
      });
      resumeToken = welcome.resumeToken;
      while (await Promise.race([told.then(() => false), serve(volunteer, welcome.volunteer, options)]));
      volunteer.drop();
      return;
    } catch (error) {
      if (error instanceof ConnectionClosed && error.code === CloseCode.runOver) return;
      await sleep(100);
    }
  }
}

async function serve(
  raw: RawVolunteer,
  volunteer: string,
  options: Parameters<typeof volunteerLoyally>[0],
): Promise<true> {
  const opened = await raw.next("round-opened", undefined, null);
  await options.mayReport?.(opened.round);
  const delta = seededDelta(options.index, opened.round, options.values);
  const { round, hash } = await report(raw, opened, delta, { examples: 10 * (options.index + 1) });
  options.acknowledged({ round, volunteer, hash });
  return true;
}
