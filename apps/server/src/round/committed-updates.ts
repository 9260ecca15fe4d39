import type { Hash, VolunteerId } from "@tributary/protocol";
import type { Storage } from "../storage/storage.ts";
import type { RunState } from "./state.ts";

export type CommittedUpdates = {
  add(round: number, volunteer: VolunteerId, hash: Hash): void;
  readonly find: (round: number, volunteer: VolunteerId) => Hash | undefined;
  /** Reads the newest rounds from the store. */
  load(state: RunState): Promise<void>;
};

const ROUNDS_KEPT = 2;

/** Which updates of the newest rounds are stored, so that one that is sent again is acknowledged again. */
export function createCommittedUpdates(storage: Storage, run: string): CommittedUpdates {
  const rounds = new Map<number, Map<VolunteerId, Hash>>();
  const add = (round: number, volunteer: VolunteerId, hash: Hash) => {
    const updates = rounds.get(round) ?? new Map<VolunteerId, Hash>();
    rounds.set(round, updates.set(volunteer, hash));
    for (const known of rounds.keys()) if (known <= round - ROUNDS_KEPT) rounds.delete(known);
  };
  return {
    add,
    find: (round, volunteer) => rounds.get(round)?.get(volunteer),
    async load(state) {
      const rows = await storage.rounds.participations(run);
      for (const { round, volunteer, updateHash } of rows) {
        if (updateHash !== null && round > state.round - ROUNDS_KEPT) add(round, volunteer, updateHash);
      }
    },
  };
}
