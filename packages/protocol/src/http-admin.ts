/** Bodies and answers of the operator's routes. All need a login. */
import { type Static, Type } from "typebox";
import { FederatedFigure } from "./federated-figure.ts";
import { RunSummary } from "./http.ts";
import { TaskReference } from "./http-tasks.ts";
import { Figures } from "./measurement.ts";
import { ImageShape } from "./networks.ts";
import { RunSettings } from "./plan.ts";
import { Count, exact, Instant, orNull } from "./schema-parts.ts";

/** One row of the round log; rounds.csv and rounds.jsonl of an export say the same, one column a figure. */
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
  /** Every figure of the round's models on the server's test set. */
  figuresAggregate: orNull(Figures),
  figuresRefined: orNull(Figures),
  /** The round whose model this one started from, 0 for the initial model. */
  startRound: Count,
  /** That model, as the round's volunteers measured it. */
  federated: orNull(FederatedFigure),
});
export type RoundRow = Static<typeof RoundRow>;

/** One volunteer that has joined the run. `examples`: what it trains on; 0 while it is away. */
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

/** How far a run's newest synthesis is. */
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

/** The round that is open. `asked` and `reported` are volunteers' ids. */
export const LiveRound = exact({
  round: Count,
  asked: Type.Array(Type.String()),
  reported: Type.Array(Type.String()),
  deadlineAt: Instant,
});
export type LiveRound = Static<typeof LiveRound>;

/** Everything that the page of a run shows; each `run` event of its server-sent events too. */
export const RunDetail = exact({
  summary: RunSummary,
  live: orNull(LiveRound),
  rounds: Type.Array(RoundRow),
  volunteers: Type.Array(VolunteerRow),
  synthesis: orNull(SynthesisView),
});
export type RunDetail = Static<typeof RunDetail>;

/** The newest synthetic set, or the newest checkpoint of the synthesis that learns one. */
export const SyntheticSetView = exact({
  round: Count,
  final: Type.Boolean(),
  imagesPerClass: Count,
  /** [height, width, channels] */
  image: Type.Tuple([Count, Count, Count]),
  innerStep: Type.Number(),
  /** Images as bytes 0..255 (normalised to the set's own range), row-major NHWC, base64. */
  pixels: Type.String(),
  /** What the network reads of each synthetic row, standardised; null for images. */
  rows: orNull(Type.Array(Type.Array(Type.Number()))),
  /** softmax(label logits), one row an image. */
  labels: Type.Array(Type.Array(Type.Number())),
});
export type SyntheticSetView = Static<typeof SyntheticSetView>;

/** The names of the files of a run's export. */
export const ExportList = exact({ files: Type.Array(Type.String()) });
export type ExportList = Static<typeof ExportList>;

/**
 * What the server knows of a data set: its images' shape (null: they have several, and become what a task says), the number
 * of classes, and the examples of each part.
 */
export const DatasetSummary = exact({
  name: Type.String(),
  image: orNull(ImageShape),
  classes: Count,
  train: Count,
  test: Count,
});
export type DatasetSummary = Static<typeof DatasetSummary>;
/** The data sets that the server can read. */
export const DatasetList = Type.Array(DatasetSummary);

/** One login or one change that an operator made. `actor` is the label of the operator's token. */
export const AuditRow = exact({
  at: Instant,
  actor: Type.String(),
  action: Type.String(),
  run: orNull(Type.String()),
  detail: Type.String(),
});
export type AuditRow = Static<typeof AuditRow>;
/** The newest entries, newest first. */
export const AuditLog = Type.Array(AuditRow);

/** Who is logged in: the label of the operator's token. */
export const OperatorView = exact({ label: Type.String() });
export type OperatorView = Static<typeof OperatorView>;

/** `token`: an admin token. */
export const LoginBody = exact({ token: Type.String({ minLength: 1, maxLength: 200 }) });
export type LoginBody = Static<typeof LoginBody>;

/** A run to create. Its plan, which is the settings and this version of the task, is fixed from then on. */
export const CreateRunBody = exact({
  name: Type.String({ minLength: 1, maxLength: 120 }),
  task: TaskReference,
  plan: RunSettings,
});
export type CreateRunBody = Static<typeof CreateRunBody>;

/** A change of a run's state. A stop is for good. */
export const RunActionBody = exact({
  action: Type.Union([Type.Literal("start"), Type.Literal("pause"), Type.Literal("stop")]),
});
export type RunActionBody = Static<typeof RunActionBody>;
