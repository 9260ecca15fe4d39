import type { Database, Queryable } from "./database.ts";
import type { Storage, SyntheticSetRow } from "./storage.ts";

export function syntheticSetStorage(sql: Database): Storage["syntheticSets"] {
  return {
    async latest(run) {
      const [row] = await sql<(SyntheticSetRow & { round: number })[]>`
        select round, images_per_class as "imagesPerClass", images, label_logits as "labelLogits",
          inner_step as "innerStep"
        from synthetic_sets where run = ${run} order by round desc limit 1`;
      return row ?? null;
    },
  };
}

export async function storeSyntheticSet(
  sql: Queryable,
  run: string,
  round: number,
  set: SyntheticSetRow,
): Promise<void> {
  await sql`
    insert into synthetic_sets (run, round, images_per_class, images, label_logits, inner_step)
    values (${run}, ${round}, ${set.imagesPerClass}, ${set.images}, ${set.labelLogits}, ${set.innerStep})`;
}
