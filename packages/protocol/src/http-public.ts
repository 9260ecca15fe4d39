/** Answers that anyone may have, without a login. */
import { type Static, Type } from "typebox";
import { Count, exact } from "./schema-parts.ts";

/** The server can do its work. When it cannot, /healthz answers 503. */
export const Health = exact({ ok: Type.Literal(true) });
export type Health = Static<typeof Health>;

/** The sample shards that the server lends, and how many examples of each class each holds: none for a regression. */
export const ShardList = exact({
  shards: Type.Array(exact({ index: Count, examples: Count, perClass: Type.Array(Count) })),
});
export type ShardList = Static<typeof ShardList>;
