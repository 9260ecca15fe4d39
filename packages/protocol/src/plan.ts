/**
 * A plan: everything that fixes how one run trains. It is frozen when the run is created, travels to every
 * volunteer in `welcome`, and is what an export's manifest records. Schema first, type derived.
 */
import { StrategySettings } from "@tributary/strategy";
import { type Static, Type } from "typebox";
import { DynafedSettings } from "./dynafed.ts";
import { Task } from "./task/task.ts";

const Count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const Rate = Type.Number({ exclusiveMinimum: 0, maximum: 100 });

/** The optimiser of local training. Rates are per step. */
export const OptimizerSpec = Type.Union([
  Type.Object({ kind: Type.Literal("sgd"), learningRate: Rate }, { additionalProperties: false }),
  Type.Object(
    {
      kind: Type.Literal("momentum"),
      learningRate: Rate,
      momentum: Type.Number({ minimum: 0, exclusiveMaximum: 1 }),
    },
    { additionalProperties: false },
  ),
  Type.Object({ kind: Type.Literal("adam"), learningRate: Rate }, { additionalProperties: false }),
]);
export type OptimizerSpec = Static<typeof OptimizerSpec>;

/** What a volunteer does in a round: epochs over its own data, in batches. */
export const LocalTraining = Type.Object(
  {
    epochs: Count(1, 100),
    batchSize: Count(1, 4096),
    optimizer: OptimizerSpec,
    /** Whether the volunteer's optimiser state survives from one of its rounds to the next. */
    keepOptimizerState: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type LocalTraining = Static<typeof LocalTraining>;

/** Whom a round asks, and when it closes. */
export const CohortRules = Type.Object(
  {
    /** A round opens once this many volunteers are available. */
    minimum: Count(1, 10_000),
    /** At most this many volunteers are asked. */
    size: Count(1, 10_000),
    /** A round with fewer updates at its deadline is abandoned. */
    quorum: Count(1, 10_000),
    /** How long a round collects updates, in ms. */
    deadlineMs: Count(100, 86_400_000),
  },
  { additionalProperties: false },
);
export type CohortRules = Static<typeof CohortRules>;

/** How an update's values travel. */
export const UpdateDtype = Type.Union([Type.Literal("float32"), Type.Literal("float16")]);
export type UpdateDtype = Static<typeof UpdateDtype>;

/** Bounds on an update. They also fix the scale of the fixed-point aggregate. */
export const UpdateLimits = Type.Object(
  {
    /** The largest number of examples that one update may claim. */
    maxExamples: Count(1, 10_000_000),
    /** The largest absolute value of one coordinate of a delta. */
    maxMagnitude: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
    /** The largest 2-norm of a delta. */
    maxNorm: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000 }),
  },
  { additionalProperties: false },
);
export type UpdateLimits = Static<typeof UpdateLimits>;

/** How volunteers train and how their updates combine. */
export const Strategy = StrategySettings;
export type Strategy = Static<typeof Strategy>;

/** The server's own data: it evaluates on the test part, and lends shards of the training part to volunteers. */
export const SampleData = Type.Object(
  {
    /** Folder name below the server's dataset folder. */
    dataset: Type.String({ pattern: "^[a-z0-9][a-z0-9._-]{0,63}$" }),
    train: Count(1, 10_000_000),
    test: Count(1, 10_000_000),
    shards: Count(1, 10_000),
    /** Dirichlet concentration of the shards' classes. */
    alpha: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
  },
  { additionalProperties: false },
);
export type SampleData = Static<typeof SampleData>;

const settings = {
  seed: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
  rounds: Count(1, 100_000),
  cohort: CohortRules,
  local: LocalTraining,
  updateDtype: UpdateDtype,
  limits: UpdateLimits,
  strategy: Strategy,
  /** DynaFed's settings; null: rounds end with the aggregate. */
  dynafed: Type.Union([DynafedSettings, Type.Null()]),
  /** Null: the server has no data, and the volunteers bring and measure everything. */
  sample: Type.Union([SampleData, Type.Null()]),
};

/** What an operator chooses for a run of a task: a plan without its task. */
export const RunSettings = Type.Object(settings, { additionalProperties: false });
export type RunSettings = Static<typeof RunSettings>;

/** Everything that fixes how a run trains. */
export const Plan = Type.Object(
  {
    ...settings,
    /** The version of the task that the run trains. */
    task: Task,
  },
  { additionalProperties: false },
);
export type Plan = Static<typeof Plan>;

/** The plan without its task. */
export function settingsOf({ task: _, ...rest }: Plan): RunSettings {
  return rest;
}

/** The server's data of a plan. Throws where it has none: check first, or plan with data. */
export function sampleOf({ sample }: Pick<Plan, "sample">): SampleData {
  if (sample === null) throw new Error("expected a plan with sample data, got sample null");
  return sample;
}
