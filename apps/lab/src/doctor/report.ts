/** What `npm run doctor -- --json` prints. Schema first, types derived; every object is closed. */

import { CANDIDATE_IDS } from "@tributary/backends";
import { type Static, type TProperties, Type } from "typebox";

const closed = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Count = Type.Integer({ minimum: 0 });
const Milliseconds = Type.Number({ minimum: 0 });

const Shape = {
  image: Type.Tuple([Count, Count, Count]),
  width: Count,
  /** Images of a batch, or of the synthetic set. */
  images: Count,
};

/** `ms`: the median of `repetitions` runs, after one that does not count. */
const TrainingTime = closed({ ...Shape, ms: Milliseconds, repetitions: Count });
const SynthesisTime = closed({
  ...Shape,
  innerSteps: Count,
  ms: Milliseconds,
  repetitions: Count,
});

/** Relative 2-norm errors against float64, by quantity. */
const VectorErrors = closed({
  vector: Type.String(),
  errors: Type.Record(Type.String(), Type.Number()),
  passed: Type.Boolean(),
});

/** What one backend's process finds out. */
export const Probe = closed({
  /** What it runs on, in the driver's words; null where it was not opened. */
  adapter: Type.Union([Type.String(), Type.Null()]),
  library: Type.Union([Type.String(), Type.Null()]),
  parity: Type.Array(VectorErrors),
  trainingStep: Type.Union([TrainingTime, Type.Null()]),
  synthesisIteration: Type.Union([SynthesisTime, Type.Null()]),
});
export type Probe = Static<typeof Probe>;

/** The result for one backend. */
export const BackendReport = closed({
  id: Type.Enum([...CANDIDATE_IDS]),
  works: Type.Boolean(),
  /** Why it does not work; null where it does. */
  reason: Type.Union([Type.String(), Type.Null()]),
  ...Probe.properties,
});
export type BackendReport = Static<typeof BackendReport>;

const Found = closed({
  found: Type.Boolean(),
  /** Its version and place, or why it is not there. */
  detail: Type.String(),
});
export type Found = Static<typeof Found>;

/** The whole report. */
export const DoctorReport = closed({
  format: Type.Literal(1),
  node: Type.String(),
  platform: Type.String(),
  cores: Count,
  memoryBytes: Count,
  postgres: Found,
  chromium: Found,
  /** In the order in which a compute process tries them. */
  backends: Type.Array(BackendReport),
  /** COMPUTE_BACKEND, or the name asked for. */
  preference: Type.String(),
  /** The backend that the server will take; null where it has none. */
  taken: Type.Union([Type.Enum([...CANDIDATE_IDS]), Type.Null()]),
  /** The backends that a page tries, in this order. Which one it gets depends on the visitor's browser. */
  page: Type.Array(Type.String()),
});
export type DoctorReport = Static<typeof DoctorReport>;
