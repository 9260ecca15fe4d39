import type { RunId } from "@tributary/protocol";
import type { Database, Queryable } from "./database.ts";

/** A synthetic set. Images and labels are little-endian float32 bytes, row-major. */
export type SyntheticSetRow = {
  readonly imagesPerClass: number;
  /** [classes * imagesPerClass, H, W, C] in normalised pixel space */
  readonly images: Uint8Array;
  /** [classes * imagesPerClass, classes] */
  readonly labelLogits: Uint8Array;
  /** Step size of the inner SGD, learned with the set. */
  readonly innerStep: number;
};

/** The synthetic sets that a run's syntheses left. */
export type SyntheticSetStorage = {
  /** The newest set, with the round after which it was learned. */
  latest(run: RunId): Promise<(SyntheticSetRow & { readonly round: number }) | null>;
};

/** The synthetic sets on `sql`. */
export function syntheticSetStorage(sql: Database): SyntheticSetStorage {
  return {
    async latest(run) {
      const [row] = await sql<(SyntheticSetRow & { round: number })[]>`
        /* read-latest-synthetic-set */
        select round, images_per_class as "imagesPerClass", images, label_logits as "labelLogits",
          inner_step as "innerStep"
        from synthetic_sets where run = ${run} order by round desc limit 1`;
      return row ?? null;
    },
  };
}

/** Throws where the run has a set of this round already. */
export async function storeSyntheticSet(
  sql: Queryable,
  run: RunId,
  round: number,
  set: SyntheticSetRow,
): Promise<void> {
  await sql`
    /* store-synthetic-set */
    insert into synthetic_sets (run, round, images_per_class, images, label_logits, inner_step)
    values (${run}, ${round}, ${set.imagesPerClass}, ${set.images}, ${set.labelLogits}, ${set.innerStep})`;
}
