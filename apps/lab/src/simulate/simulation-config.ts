/**
 * The configuration of `npm run simulate`, in the plan's own names. There are two kinds. One is written by hand and changes
 * a base plan. The other is the manifest of a run, live or simulated: it holds a whole plan, which is replayed.
 */
import type { BackendPreference } from "@tributary/backends";
import { reasonOf } from "@tributary/platform";
import {
  BackendName,
  modernPlan,
  type Plan,
  Plan as PlanSchema,
  type Problem,
  problemsBelow,
  schemaProblems,
} from "@tributary/protocol";
import { type Static, Type } from "typebox";
import type { LabTask } from "../data/lab-data.ts";
import { Split, usualSplit } from "../data/split.ts";
import { BASES, type Base, basePlan } from "../plans/base-plan.ts";
import { mergePlan } from "../plans/merge-plan.ts";
import { planProblems } from "../plans/scale-plan.ts";
import { SIMULATION_FORMAT } from "../run/manifest.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";

const Backend = Type.Union([Type.Literal("auto"), ...BackendName.anyOf]);
const Folder = Type.String({ minLength: 1 });

const WrittenConfig = Type.Object(
  {
    /** Default: paper. */
    base: Type.Optional(Type.Union(BASES.map((name) => Type.Literal(name)))),
    /** Any part of a plan. The plan that it makes is checked as a whole. */
    plan: Type.Optional(Type.Object({})),
    data: Type.Optional(
      Type.Object(
        {
          /** IDX files, CIFAR's binary files, pictures by class, or the rows of a table, with or without task.json. */
          folder: Type.Optional(Folder),
          /** The hash that the data must have. */
          sha256: Type.Optional(Type.String()),
        },
        { additionalProperties: false },
      ),
    ),
    /** How the examples are dealt to the clients. Default: Dirichlet with the plan's alpha; evenly for a regression. */
    split: Type.Optional(Split),
    /** Default: auto. */
    backend: Type.Optional(Backend),
  },
  { additionalProperties: false },
);

/** A manifest holds more about its run than a replay needs: other fields are allowed. */
const ManifestConfig = Type.Object({
  format: Type.Union([Type.Literal("tributary-run-export"), Type.Literal(SIMULATION_FORMAT)]),
  plan: PlanSchema,
  data: Type.Optional(Type.Object({ folder: Type.Optional(Folder), sha256: Type.Optional(Type.String()) })),
  backend: Type.Optional(Backend),
  split: Type.Optional(Split),
  volunteersTrain: Type.Optional(Type.Union([Type.Literal("always"), Type.Literal("until-synthesis")])),
});

/** A configuration of either kind, defaults filled in. */
export type SimulationConfig = {
  /** null: `plan` is whole. */
  readonly base: Base | null;
  readonly plan: Readonly<Record<string, unknown>>;
  /** null: the folder of the data set that `plan` names, else the base's usual one. */
  readonly folder: string | null;
  /** null: any. */
  readonly sha256: string | null;
  readonly backend: BackendPreference;
  /** null: the usual one, see `splitOf`. */
  readonly split: Split | null;
  readonly volunteersTrain: VolunteersTrain;
};

/** A value, or why there is none. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The configuration in the text of a file, or what is wrong with it. */
export function parseSimulationConfig(text: string): Parsed<SimulationConfig> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [{ path: "", message: `must be JSON: ${reasonOf(error)}` }] };
  }
  return isManifest(given) ? parseManifest(given) : parseWritten(given);
}

function isManifest(given: unknown): given is object {
  return isFields(given) && "format" in given;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Its plan may be one that an earlier version wrote. */
function parseManifest(written: object): Parsed<SimulationConfig> {
  const given =
    "plan" in written && isFields(written.plan) ? { ...written, plan: modernPlan(written.plan) } : written;
  const problems = schemaProblems(ManifestConfig, given);
  if (problems.length > 0) return { ok: false, problems };
  const { plan, data, backend, split = null, volunteersTrain } = given as Static<typeof ManifestConfig>;
  return {
    ok: true,
    value: { base: null, plan, ...dataOf(data), split, ...choicesOf(backend, volunteersTrain) },
  };
}

function parseWritten(given: unknown): Parsed<SimulationConfig> {
  const problems = schemaProblems(WrittenConfig, given);
  if (problems.length > 0) return { ok: false, problems };
  const { base = "paper", plan = {}, data, split = null, backend } = given as Static<typeof WrittenConfig>;
  return {
    ok: true,
    value: { base, plan: { ...plan }, ...dataOf(data), split, ...choicesOf(backend, undefined) },
  };
}

function dataOf(data: { readonly folder?: string; readonly sha256?: string } | undefined) {
  return { folder: data?.folder ?? null, sha256: data?.sha256 ?? null };
}

function choicesOf(backend: BackendPreference = "auto", volunteersTrain: VolunteersTrain = "always") {
  return { backend, volunteersTrain };
}

/** The configuration's plan for a data set, or what is wrong with it. `dataset`: the plan's name for the data. */
export function planOfConfig(config: SimulationConfig, data: LabTask, dataset: string): Parsed<Plan> {
  const { base, plan: part } = config;
  const plan = base === null ? part : mergePlan(basePlan(base, data, dataset), part);
  const problems = problemsBelow("/plan", planProblems(plan, data));
  // The schema fits.
  return problems.length === 0 ? { ok: true, value: plan as Plan } : { ok: false, problems };
}

/** The configuration's split or, where it names none, the usual one of its plan. */
export function splitOf({ split }: SimulationConfig, plan: Plan): Split {
  return split ?? usualSplit(plan);
}
