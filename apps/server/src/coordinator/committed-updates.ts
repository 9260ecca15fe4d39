import type { Hash, VolunteerId } from "@tributary/protocol";
import type { ParticipationRow } from "@tributary/storage";

export type CommittedUpdates = {
  /** Notes an update that has just been committed. */
  add(round: number, volunteer: VolunteerId, hash: Hash): void;
  /** The hash of a volunteer's stored update of a round; undefined: none is known. */
  readonly find: (round: number, volunteer: VolunteerId) => Hash | undefined;
  /** Reads what the store has. Rejects when it cannot be read. */
  load(): Promise<void>;
};

/** The part of the store that is read. */
type Participations = {
  readonly rounds: {
    participations(
      run: string,
    ): Promise<readonly Pick<ParticipationRow, "round" | "volunteer" | "updateHash">[]>;
  };
};

type Committed = { readonly round: number; readonly hash: Hash };

/**
 * The newest stored update of each volunteer, so that an update that is sent again is acknowledged again, however late. A
 * volunteer keeps no more than its newest one, but may come back to the run after many rounds. Empty until it is loaded.
 */
export function createCommittedUpdates(storage: Participations, run: string): CommittedUpdates {
  const newest = new Map<VolunteerId, Committed>();
  const add = (round: number, volunteer: VolunteerId, hash: Hash) => {
    if (round >= (newest.get(volunteer)?.round ?? 0)) newest.set(volunteer, { round, hash });
  };
  return {
    add,
    find(round, volunteer) {
      const known = newest.get(volunteer);
      return known?.round === round ? known.hash : undefined;
    },
    async load() {
      for (const { round, volunteer, updateHash } of await storage.rounds.participations(run)) {
        if (updateHash !== null) add(round, volunteer, updateHash);
      }
    },
  };
}
