import type {
  FederatedFigure,
  Figures,
  Hash,
  Headline,
  Measurement,
  RefusalReason,
  RoundRow,
  RunId,
  VolunteerId,
} from "@tributary/protocol";
import { federatedFigure } from "@tributary/rounds";
import { type Database, json, type Queryable, withoutNul } from "./database.ts";

/** Bytes of one volunteer in one round, as they crossed the socket. */
export type Traffic = {
  readonly volunteer: VolunteerId;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** What a commit may do to a round. */
export type RoundWrite =
  | {
      readonly type: "open-round";
      readonly round: number;
      readonly startSnapshot: Hash;
      readonly cohort: readonly VolunteerId[];
      readonly atMs: number;
    }
  | {
      readonly type: "drop-volunteer";
      readonly round: number;
      readonly volunteer: VolunteerId;
      readonly atMs: number;
    }
  | {
      readonly type: "close-round";
      readonly round: number;
      readonly outcome: "aggregated" | "abandoned";
      readonly atMs: number;
      readonly traffic: readonly Traffic[];
    };

/** One row of participations.csv: a volunteer in a round. */
export type ParticipationRow = {
  readonly round: number;
  readonly volunteer: VolunteerId;
  readonly outcome: "asked" | "reported" | "refused" | "dropped";
  readonly examples: number | null;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly trainingMs: number | null;
  /** The round's start on what the volunteer holds out. */
  readonly evaluation: Measurement | null;
  readonly updateHash: Hash | null;
  /** Why an update was refused, the newest reason where there are several. */
  readonly reason: string | null;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

/** The rounds of a run and who took part in them. */
export type RoundStorage = {
  /**
   * One row per opened round. An abandoned round keeps its number, and the next round has the next one.
   * `refused` counts the volunteers that were refused in the round and have not reported in it.
   */
  rows(run: RunId): Promise<readonly RoundRow[]>;
  /** How many rounds produced an aggregate. */
  completed(run: RunId): Promise<number>;
  /** In order of round and volunteer, those that were only refused included. */
  participations(run: RunId): Promise<readonly ParticipationRow[]>;
  /** Keeps why an update was not used; the same again counts up. The round and the volunteer may be unknown. */
  refuse(
    run: RunId,
    round: number,
    volunteer: VolunteerId,
    reason: RefusalReason,
    detail: string,
  ): Promise<void>;
};

type WriteOf<Type extends RoundWrite["type"]> = Extract<RoundWrite, { type: Type }>;

/** The rounds on `sql`. */
export function roundStorage(sql: Database): RoundStorage {
  return {
    rows: (run) => roundRows(sql, run),
    async completed(run) {
      const [row] = await sql<{ count: number }[]>`
        /* count-completed-rounds */
        select count(*) as count from rounds where run = ${run} and outcome = 'aggregated'`;
      return row?.count ?? 0;
    },
    participations: (run) => participationRows(sql, run),
    async refuse(run, round, volunteer, reason, detail) {
      await sql`
        /* record-refusal */
        insert into refusals (run, round, volunteer, reason, detail)
        values (${run}, ${round}, ${volunteer}, ${reason}, ${withoutNul(detail)})
        on conflict (run, round, volunteer, reason)
        do update set times = refusals.times + 1, detail = excluded.detail, at = now()`;
    },
  };
}

/** Opens a round and asks its cohort. Throws where the run has such a round already. */
export async function openRound(sql: Queryable, run: RunId, write: WriteOf<"open-round">): Promise<void> {
  const at = new Date(write.atMs);
  await sql`
    /* open-round */
    insert into rounds (run, round, start_snapshot, started_at)
    values (${run}, ${write.round}, ${write.startSnapshot}, ${at})`;
  await sql`
    /* ask-cohort */
    insert into participations (run, round, volunteer, asked_at)
    select ${run}, ${write.round}, volunteer, ${at} from unnest(${write.cohort as string[]}::text[]) volunteer`;
}

/** Marks a member as gone. One that has reported stays so: its update counts although it left. */
export async function dropVolunteer(
  sql: Queryable,
  run: RunId,
  write: WriteOf<"drop-volunteer">,
): Promise<void> {
  await sql`
    /* drop-volunteer */
    update participations set outcome = 'dropped', ended_at = ${new Date(write.atMs)}
    where run = ${run} and round = ${write.round} and volunteer = ${write.volunteer} and outcome = 'asked'`;
}

/** Closes the open round and adds up what it moved. Throws where the round is not open. */
export async function closeRound(sql: Queryable, run: RunId, write: WriteOf<"close-round">): Promise<void> {
  const figure = await figureOf(sql, run, write.round);
  const closed = await sql`
    /* close-round */
    update rounds set outcome = ${write.outcome}, closed_at = ${new Date(write.atMs)},
      federated = ${figure && json(sql, figure)}
    where run = ${run} and round = ${write.round} and outcome = 'open'`;
  if (closed.count === 0) throw new Error(`run ${run} has no open round ${write.round} to close`);
  // Everybody who is connected has traffic: two statements, however many they are.
  const traffic = sql`
    unnest(${write.traffic.map(({ volunteer }) => volunteer)}::text[],
      ${write.traffic.map(({ bytesUp }) => bytesUp)}::bigint[],
      ${write.traffic.map(({ bytesDown }) => bytesDown)}::bigint[]) as moved (volunteer, up, down)`;
  await sql`
    /* count-round-traffic */
    update participations set bytes_up = bytes_up + up, bytes_down = bytes_down + down
    from ${traffic} where run = ${run} and round = ${write.round} and participations.volunteer = moved.volunteer`;
  await sql`
    /* count-volunteer-traffic */
    update volunteers set bytes_up = bytes_up + up, bytes_down = bytes_down + down
    from ${traffic} where run = ${run} and volunteers.volunteer = moved.volunteer`;
}

/** What the round's volunteers measured together; null: none of them measured. */
async function figureOf(sql: Queryable, run: RunId, round: number): Promise<FederatedFigure | null> {
  const rows = await sql<{ figures: Figures; headline: Headline }[]>`
    /* list-round-evaluations */
    select evaluation - 'recall' as figures, plan #>> '{task,evaluation,headline}' as headline
    from participations join runs using (run)
    where run = ${run} and round = ${round} and outcome = 'reported' and evaluation is not null
    order by volunteer`;
  const [first] = rows;
  if (first === undefined) return null;
  return federatedFigure(
    rows.map(({ figures }) => figures),
    first.headline,
  );
}

type RoundRecord = Omit<RoundRow, "startedAt" | "closedAt" | "startRound"> & {
  readonly startedAt: Date;
  readonly closedAt: Date | null;
};

/**
 * One pass over the run's participations, whatever the planner knows of them. Losses are what volunteers say:
 * bounded here, so that no sum of them overflows.
 */
async function roundRows(sql: Database, run: RunId): Promise<readonly RoundRow[]> {
  const rows = await sql<RoundRecord[]>`
    /* list-rounds */
    select r.round, r.outcome, coalesce(p.participants, 0) as participants, coalesce(p.asked, 0) as asked,
      coalesce(f.refused, 0) as refused, coalesce(p.examples, 0) as examples, p.loss,
      ea.accuracy as "accuracyAggregate", ea.loss as "lossAggregate",
      er.accuracy as "accuracyRefined", er.loss as "lossRefined",
      coalesce(p.bytes_up, 0) as "bytesUp", coalesce(p.bytes_down, 0) as "bytesDown",
      round(extract(epoch from r.closed_at - r.started_at) * 1000)::bigint as ms,
      r.start_snapshot as "startSnapshot", a.hash as "aggregateSnapshot", x.hash as "refinedSnapshot",
      r.started_at as "startedAt", r.closed_at as "closedAt",
      ea.measurement - 'recall' as "figuresAggregate", er.measurement - 'recall' as "figuresRefined", r.federated
    from rounds r
    left join (
      select round, count(*) as asked, count(*) filter (where outcome = 'reported') as participants,
        sum(examples) as examples, sum(examples * least(greatest(loss, -1e30), 1e30)) / sum(examples) as loss,
        sum(bytes_up)::bigint as bytes_up, sum(bytes_down)::bigint as bytes_down
      from participations where run = ${run} group by round
    ) p on p.round = r.round
    left join (
      select round, count(*) as refused from (
        select round, volunteer from refusals where run = ${run}
        except select round, volunteer from participations where run = ${run} and outcome = 'reported'
      ) unused group by round
    ) f on f.round = r.round
    left join snapshots a on a.run = r.run and a.round = r.round and a.kind = 'aggregate'
    left join snapshots x on x.run = r.run and x.round = r.round and x.kind = 'refined'
    left join evaluations ea on ea.run = r.run and ea.round = r.round and ea.snapshot = a.hash
    left join evaluations er on er.run = r.run and er.round = r.round and er.snapshot = x.hash
    where r.run = ${run} order by r.round`;
  let startRound = 0;
  return rows.map((row) => {
    const [startedAt, closedAt] = [row.startedAt.toISOString(), row.closedAt?.toISOString() ?? null];
    const shown = { ...row, startRound, startedAt, closedAt };
    if (row.outcome === "aggregated") startRound = row.round;
    return shown;
  });
}

/** The cohorts, and after them the volunteers that were only refused. The newest reason stands for the others. */
async function participationRows(sql: Database, run: RunId): Promise<readonly ParticipationRow[]> {
  return sql<ParticipationRow[]>`
    /* list-participations */
    with refused as (
      select distinct on (round, volunteer) round, volunteer, reason || ': ' || detail as reason
      from refusals where run = ${run} order by round, volunteer, at desc
    ), taken as (
      select * from participations where run = ${run}
    )
    select coalesce(taken.round, refused.round) as round, coalesce(taken.volunteer, refused.volunteer) as volunteer,
      case when refused.reason is not null and taken.outcome is distinct from 'reported' then 'refused'
        else taken.outcome end as outcome,
      taken.examples, taken.loss, taken.accuracy, taken.training_ms as "trainingMs",
      taken.evaluation,
      taken.update_hash as "updateHash", refused.reason,
      coalesce(taken.bytes_up, 0) as "bytesUp", coalesce(taken.bytes_down, 0) as "bytesDown"
    from taken full join refused on taken.round = refused.round and taken.volunteer = refused.volunteer
    order by 1, 2`;
}
