/** HTTP bodies that the pages and the server share. All under /api; JSON unless said otherwise. */
import { type Static, Type } from "typebox";
import { exact } from "./exact.ts";
import { RunActivity, RunId } from "./messages.ts";
import { Plan } from "./plan.ts";
import { Problem } from "./problem.ts";

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Instant = Type.String({ description: "ISO 8601, UTC" });

/** Every error body. `detail` is one line for people; `problems` says what is wrong with the request's body, by path. */
export const ErrorBody = exact({
  error: Type.String(),
  detail: Type.String(),
  problems: Type.Array(Problem),
});
export type ErrorBody = Static<typeof ErrorBody>;

/** GET /api/runs and GET /api/runs/:run : what anyone may see of a run. */
export const RunSummary = exact({
  id: RunId,
  name: Type.String({ minLength: 1, maxLength: 120 }),
  createdAt: Instant,
  plan: Plan,
  activity: RunActivity,
  /** Rounds that produced an aggregate so far. */
  completedRounds: Count,
  connectedVolunteers: Count,
});
export type RunSummary = Static<typeof RunSummary>;

/** GET /api/runs/:run/shards : the sample shards on loan. Their bytes: .../shards/:index/images and /labels, gzip IDX. */
export const ShardList = exact({
  shards: Type.Array(exact({ index: Count, examples: Count, perClass: Type.Array(Count) })),
});
export type ShardList = Static<typeof ShardList>;

/** One row of the round log: GET /api/admin/runs/:run/rounds, rounds.csv and rounds.jsonl alike. */
export const RoundRow = exact({
  round: Count,
  outcome: Type.Union([Type.Literal("open"), Type.Literal("aggregated"), Type.Literal("abandoned")]),
  participants: Count,
  asked: Count,
  refused: Count,
  examples: Count,
  /** Mean local training loss of the cohort, weighted by examples. */
  loss: orNull(Type.Number()),
  accuracyAggregate: orNull(Type.Number()),
  lossAggregate: orNull(Type.Number()),
  accuracyRefined: orNull(Type.Number()),
  lossRefined: orNull(Type.Number()),
  bytesUp: Count,
  bytesDown: Count,
  ms: orNull(Count),
  startSnapshot: Type.String(),
  aggregateSnapshot: orNull(Type.String()),
  refinedSnapshot: orNull(Type.String()),
  startedAt: Instant,
  closedAt: orNull(Instant),
});
export type RoundRow = Static<typeof RoundRow>;

export const VolunteerRow = exact({
  volunteer: Type.String(),
  connected: Type.Boolean(),
  available: Type.Boolean(),
  device: Type.String(),
  backend: Type.String(),
  examples: Count,
  lastSeenAt: Instant,
  roundsReported: Count,
  bytesUp: Count,
  bytesDown: Count,
});
export type VolunteerRow = Static<typeof VolunteerRow>;

export const SynthesisView = exact({
  round: Count,
  state: Type.Union([
    Type.Literal("queued"),
    Type.Literal("working"),
    Type.Literal("done"),
    Type.Literal("failed"),
  ]),
  backend: orNull(Type.String()),
  iteration: Count,
  iterations: Count,
  /** D of every iteration so far, thinned to at most 500 points: [iteration, D]. */
  distances: Type.Array(Type.Tuple([Count, Type.Number()])),
  ms: Count,
  failure: orNull(Type.String()),
});
export type SynthesisView = Static<typeof SynthesisView>;

export const LiveRound = exact({
  round: Count,
  asked: Type.Array(Type.String()),
  reported: Type.Array(Type.String()),
  deadlineAt: Instant,
});

/** GET /api/admin/runs/:run, and each `run` event of GET /api/admin/runs/:run/events (server-sent events). */
export const RunDetail = exact({
  summary: RunSummary,
  live: orNull(LiveRound),
  rounds: Type.Array(RoundRow),
  volunteers: Type.Array(VolunteerRow),
  synthesis: orNull(SynthesisView),
});
export type RunDetail = Static<typeof RunDetail>;

/** GET /api/admin/runs/:run/synthetic : the newest synthetic set, or its newest checkpoint. */
export const SyntheticSetView = exact({
  round: Count,
  final: Type.Boolean(),
  imagesPerClass: Count,
  /** [height, width, channels] */
  image: Type.Tuple([Count, Count, Count]),
  innerStep: Type.Number(),
  /** Images as bytes 0..255 (normalised to the set's own range), row-major NHWC, base64. */
  pixels: Type.String(),
  /** softmax(label logits), one row an image. */
  labels: Type.Array(Type.Array(Type.Number())),
});
export type SyntheticSetView = Static<typeof SyntheticSetView>;

/** POST /api/admin/login ; sets the session cookie. */
export const LoginBody = exact({ token: Type.String({ minLength: 1, maxLength: 200 }) });
/** POST /api/admin/runs */
export const CreateRunBody = exact({ name: Type.String({ minLength: 1, maxLength: 120 }), plan: Plan });
export type CreateRunBody = Static<typeof CreateRunBody>;
/** POST /api/admin/runs/:run/actions */
export const RunActionBody = exact({
  action: Type.Union([Type.Literal("start"), Type.Literal("pause"), Type.Literal("stop")]),
});
export type RunActionBody = Static<typeof RunActionBody>;
