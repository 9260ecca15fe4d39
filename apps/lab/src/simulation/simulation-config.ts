/** The configuration of `npm run simulate`: the paper's names, and its settings as defaults (CVPR 2023, section 4.1). */
import { reasonOf } from "@tributary/platform";
import type { DatasetSummary, DynafedSettings, OptimizerSpec, Plan, Strategy } from "@tributary/protocol";
import {
  BackendName,
  describeProblem,
  Plan as PlanSchema,
  paperLevers,
  schemaProblems,
} from "@tributary/protocol";

import { checkPlan } from "@tributary/rounds";
import { defaultSettings, type StrategyKind, strategies } from "@tributary/strategy";
import { type Static, Type } from "typebox";

const Count = Type.Integer({ minimum: 1, maximum: 10_000_000 });
const Rate = Type.Number({ exclusiveMinimum: 0, maximum: 100 });

/** Every setting but the three whose default depends on the machine or the data: dataset, train and test. */
const Settings = Type.Object(
  {
    seed: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
    /** Dirichlet concentration of the clients' classes. */
    alpha: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
    clients: Count,
    perRound: Count,
    /** Examples, balanced by class; null: all there are. */
    train: Type.Union([Count, Type.Null()]),
    test: Type.Union([Count, Type.Null()]),
    /** An IDX folder; null: the subset of Fashion-MNIST in the repository. */
    dataset: Type.Union([Type.String({ minLength: 1 }), Type.Null()]),
    width: Count,
    rounds: Count,
    batch: Count,
    clientOptimizer: Type.Union([Type.Literal("sgd"), Type.Literal("momentum"), Type.Literal("adam")]),
    clientLr: Rate,
    /** `dynafed` is federated averaging with `dynafed: true`. */
    strategy: Type.Unsafe<StrategyKind | "dynafed">(
      Type.Union([...strategies.map(({ kind }) => Type.Literal(kind)), Type.Literal("dynafed")]),
    ),
    /** What differs from the strategy's defaults, by the names that a plan has for it. */
    strategySettings: Type.Record(Type.String(), Type.Unknown()),
    /** Synthesise and refine on top of the strategy. */
    dynafed: Type.Boolean(),
    snapshots: Count,
    imagesPerClass: Count,
    innerSteps: Count,
    innerLr: Rate,
    iterations: Count,
    lrImages: Rate,
    lrLabels: Rate,
    lrInnerLr: Rate,
    /** Logit of an image's own class before the first iteration; 0 in the paper. */
    labelStart: Type.Number({ minimum: 0, maximum: 100 }),
    refineSteps: Count,
    refineLr: Rate,
    augment: Type.Boolean(),
    backend: Type.Union([Type.Literal("auto"), ...BackendName.anyOf]),
  },
  { additionalProperties: false },
);
export type SimulationConfig = Static<typeof Settings>;

export const PAPER_SETTINGS: SimulationConfig = {
  seed: 4,
  alpha: 0.01,
  clients: 80,
  perRound: 32,
  train: null,
  test: null,
  dataset: null,
  width: 128,
  rounds: 200,
  batch: 32,
  clientOptimizer: "adam",
  clientLr: 1e-3,
  strategy: "dynafed",
  strategySettings: {},
  dynafed: false,
  snapshots: 25,
  imagesPerClass: 15,
  innerSteps: 20,
  innerLr: 0.04,
  iterations: 3000,
  lrImages: 5e-2,
  lrLabels: 1e-2,
  lrInnerLr: 1e-5,
  labelStart: 0,
  refineSteps: 20,
  refineLr: 1e-4,
  augment: true,
  backend: "auto",
};

export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A configuration from the text of its file; what is not said is as in the paper. */
export function parseSimulationConfig(text: string): Parsed<SimulationConfig> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`not JSON: ${reasonOf(error)}`] };
  }
  const problems = schemaProblems(Type.Partial(Settings, { additionalProperties: false }), given);
  if (problems.length > 0)
    return { ok: false, problems: problems.map((problem) => describeProblem(problem)) };
  const said = given as Partial<SimulationConfig>;
  const config: SimulationConfig = { ...PAPER_SETTINGS, ...said };
  if (said.strategySettings?.kind !== undefined) {
    const got = JSON.stringify(said.strategySettings.kind);
    return { ok: false, problems: [`strategySettings has no kind, that is strategy; got ${got}`] };
  }
  if (said.dynafed === false && said.strategy === undefined) {
    return { ok: false, problems: ['dynafed false needs another strategy than the default, "dynafed"'] };
  }
  if (config.perRound > config.clients) {
    return { ok: false, problems: [`perRound ${config.perRound} is above clients ${config.clients}`] };
  }
  return { ok: true, value: config };
}

/** The plan that a configuration makes of a data set, or why it makes none. */
export function planOfConfig(config: SimulationConfig, dataset: Omit<DatasetSummary, "name">): Parsed<Plan> {
  const train = config.train ?? dataset.train;
  const plan: Plan = {
    seed: config.seed,
    network: {
      kind: "convnet",
      image: dataset.image,
      classes: dataset.classes,
      width: config.width,
      depth: 3,
    },
    classNames: Array.from({ length: dataset.classes }, (_, label) => `class ${label}`),
    // Of Fashion-MNIST as the paper normalises it, and close enough for other images of bytes.
    preprocessing: { mean: 0.1307, std: 0.3081 },
    rounds: config.rounds,
    // Nobody leaves a simulation, and its clock stands still: the deadline is never reached.
    cohort: { minimum: config.perRound, size: config.perRound, quorum: config.perRound, deadlineMs: 1000 },
    local: {
      epochs: 1,
      batchSize: config.batch,
      optimizer: optimizerOf(config),
      keepOptimizerState: true,
    },
    updateDtype: "float32",
    limits: { maxExamples: Math.min(train, 10_000_000), maxMagnitude: 10, maxNorm: 1000 },
    strategy: strategyOf(config),
    dynafed: dynafedOf(config),
    sample: {
      dataset: "simulated",
      train,
      test: config.test ?? dataset.test,
      shards: config.clients,
      alpha: config.alpha,
    },
  };
  const misfits = schemaProblems(PlanSchema, plan);
  const problems =
    misfits.length > 0 ? misfits : checkPlan(plan, [{ ...dataset, name: plan.sample.dataset }]);
  if (problems.length === 0) return { ok: true, value: plan };
  return { ok: false, problems: problems.map((problem) => describeProblem(problem)) };
}

function optimizerOf({ clientOptimizer, clientLr }: SimulationConfig): OptimizerSpec {
  switch (clientOptimizer) {
    case "sgd":
    case "adam":
      return { kind: clientOptimizer, learningRate: clientLr };
    case "momentum":
      return { kind: "momentum", learningRate: clientLr, momentum: 0.9 };
    default:
      return clientOptimizer satisfies never;
  }
}

function strategyOf({ strategy, strategySettings }: SimulationConfig): Strategy {
  const kind = strategy === "dynafed" ? "fedavg" : strategy;
  // The plan's schema has the last word on what the settings say.
  return { ...defaultSettings(kind), ...strategySettings, kind } as Strategy;
}

function dynafedOf(config: SimulationConfig): DynafedSettings | null {
  if (!config.dynafed && config.strategy !== "dynafed") return null;
  return {
    ...paperLevers,
    snapshots: config.snapshots,
    imagesPerClass: config.imagesPerClass,
    innerSteps: config.innerSteps,
    innerStep: config.innerLr,
    iterations: config.iterations,
    imageRate: config.lrImages,
    labelRate: config.lrLabels,
    innerStepRate: config.lrInnerLr,
    labelStart: config.labelStart,
    ahead: 3,
    leastAveraged: 2,
    refineSteps: config.refineSteps,
    refineRate: config.refineLr,
    augment: config.augment,
  };
}
