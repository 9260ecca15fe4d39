import { type Database, withoutNul } from "./database.ts";
import type { Storage, VolunteerRecord } from "./storage.ts";

export function volunteerStorage(sql: Database): Storage["volunteers"] {
  return {
    async create(run, volunteer, tokenHash, device, backend) {
      await sql`
        insert into volunteers (run, volunteer, token_hash, device, backend)
        values (${run}, ${volunteer}, ${tokenHash}, ${withoutNul(device)}, ${backend})`;
    },
    async findByToken(run, tokenHash) {
      const [row] = await sql<{ volunteer: string }[]>`
        select volunteer from volunteers where run = ${run} and token_hash = ${tokenHash}`;
      return row?.volunteer ?? null;
    },
    async seen(run, volunteer, device, backend) {
      await sql`
        update volunteers set device = ${withoutNul(device)}, backend = ${backend}, last_seen_at = now()
        where run = ${run} and volunteer = ${volunteer}`;
    },
    async list(run) {
      return sql<VolunteerRecord[]>`
        select volunteer, device, backend, last_seen_at as "lastSeenAt", rounds_reported as "roundsReported",
          bytes_up as "bytesUp", bytes_down as "bytesDown"
        from volunteers where run = ${run} order by created_at, volunteer`;
    },
  };
}
