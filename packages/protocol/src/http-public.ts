/** Answers that anyone may have, without a login. */
import { type Static, Type } from "typebox";
import { ColumnFigures } from "./column-figures.ts";
import { Count, exact } from "./schema-parts.ts";

/** The server can do its work. When it cannot, /healthz answers 503. */
export const Health = exact({ ok: Type.Literal(true) });
export type Health = Static<typeof Health>;

/** The sample shards that the server lends, and how many examples of each class each holds: none for a regression. */
export const ShardList = exact({
  shards: Type.Array(exact({ index: Count, examples: Count, perClass: Type.Array(Count) })),
});
export type ShardList = Static<typeof ShardList>;

/**
 * A volunteer's figures for a run whose task has columns without a scale. `contributor`: chosen by the page at random and
 * kept, so that sending again replaces what was sent.
 */
export const StatisticsBody = exact({
  contributor: Type.String({ pattern: "^[a-z0-9-]{16,64}$" }),
  figures: ColumnFigures,
});
export type StatisticsBody = Static<typeof StatisticsBody>;

/** How many volunteers' figures the run has, and how many it waits for. With enough of them its plan has every scale. */
export const StatisticsAnswer = exact({ contributors: Count, needed: Count });
export type StatisticsAnswer = Static<typeof StatisticsAnswer>;
