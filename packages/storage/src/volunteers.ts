import type { Hash, RunId, VolunteerId } from "@tributary/protocol";
import { type Database, withoutNul } from "./database.ts";

/** A volunteer of a run, with what it has contributed so far. */
export type VolunteerRecord = {
  readonly volunteer: VolunteerId;
  readonly device: string;
  readonly backend: string;
  readonly lastSeenAt: Date;
  readonly roundsReported: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** The volunteers of a run. */
export type VolunteerStorage = {
  /** Must come before the volunteer's first round. `tokenHash` is the SHA-256 of its resume token. */
  create(run: RunId, volunteer: VolunteerId, tokenHash: Hash, device: string, backend: string): Promise<void>;
  /** The volunteer of this run with that resume token. */
  findByToken(run: RunId, tokenHash: Hash): Promise<VolunteerId | null>;
  /** Notes that it is here now, and on what device. */
  seen(run: RunId, volunteer: VolunteerId, device: string, backend: string): Promise<void>;
  /** In the order in which they came. */
  list(run: RunId): Promise<readonly VolunteerRecord[]>;
};

/** The volunteers on `sql`. */
export function volunteerStorage(sql: Database): VolunteerStorage {
  return {
    async create(run, volunteer, tokenHash, device, backend) {
      await sql`
        /* create-volunteer */
        insert into volunteers (run, volunteer, token_hash, device, backend)
        values (${run}, ${volunteer}, ${tokenHash}, ${withoutNul(device)}, ${backend})`;
    },
    async findByToken(run, tokenHash) {
      const [row] = await sql<{ volunteer: string }[]>`
        /* find-volunteer-by-token */
        select volunteer from volunteers where run = ${run} and token_hash = ${tokenHash}`;
      return row?.volunteer ?? null;
    },
    async seen(run, volunteer, device, backend) {
      await sql`
        /* note-volunteer-seen */
        update volunteers set device = ${withoutNul(device)}, backend = ${backend}, last_seen_at = now()
        where run = ${run} and volunteer = ${volunteer}`;
    },
    async list(run) {
      return sql<VolunteerRecord[]>`
        /* list-volunteers */
        select volunteer, device, backend, last_seen_at as "lastSeenAt", rounds_reported as "roundsReported",
          bytes_up as "bytesUp", bytes_down as "bytesDown"
        from volunteers where run = ${run} order by created_at, volunteer`;
    },
  };
}
