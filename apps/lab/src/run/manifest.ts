/** The manifest of a run's folder: how the run was made, and whether it is the one that is asked for. */
import { createRequire } from "node:module";
import type { OpenBackend } from "@tributary/backends";
import { type BackendName, inputShapeOf, networkOf, outputsOf, type Plan } from "@tributary/protocol";
import { Type } from "typebox";
import type { LabData } from "../data/lab-data.ts";
import type { Split } from "../data/split.ts";
import type { VolunteersTrain } from "../simulation/simulated-run.ts";

/** Marks the manifest of a simulated run. `npm run simulate` takes such a manifest as its configuration. */
export const SIMULATION_FORMAT = "tributary-simulation";

/** What manifest.json holds; commands add fields of their own. */
export type RunManifest = {
  readonly format: typeof SIMULATION_FORMAT;
  readonly version: 1;
  /** The plan's seed, where a reader looks for it. */
  readonly seed: number;
  readonly plan: Plan;
  readonly volunteersTrain: VolunteersTrain;
  /** How the examples were dealt to the clients. */
  readonly split: Split;
  readonly data: {
    readonly folder: string;
    readonly sha256: string;
    /** The network's input for one example. */
    readonly input: readonly number[];
    /** Classes; 1 for a regression. */
    readonly outputs: number;
    readonly train: number;
    readonly test: number;
  };
  readonly backend: BackendName;
  readonly adapter: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
};

/** The part of a manifest that is read back from a folder, whichever version wrote it. */
export const ManifestOutline = Type.Object({
  format: Type.Optional(Type.Literal(SIMULATION_FORMAT)),
  ...{ seed: Type.Integer(), command: Type.String() },
  plan: Type.Object({
    dynafed: Type.Union([Type.Object({ snapshots: Type.Integer() }), Type.Null()]),
  }),
  data: Type.Object({ sha256: Type.String() }),
});

/** The manifest of a run that begins now. */
export function manifestOf(
  run: Pick<RunManifest, "plan" | "volunteersTrain" | "split">,
  { folder, sha256, train, test }: LabData,
  backend: Pick<OpenBackend, "name" | "adapter">,
  command: string,
): RunManifest {
  const network = networkOf(run.plan);
  const version = (name: string) => createRequire(import.meta.url)(`${name}/package.json`).version as string;
  return {
    format: SIMULATION_FORMAT,
    version: 1,
    seed: run.plan.seed,
    plan: run.plan,
    volunteersTrain: run.volunteersTrain,
    split: run.split,
    data: {
      ...{ folder, sha256, input: inputShapeOf(network), outputs: outputsOf(network) },
      ...{ train: train.count, test: test.count },
    },
    backend: backend.name,
    adapter: backend.adapter,
    versions: { node: process.versions.node, tensorflowJs: version("@tensorflow/tfjs-core") },
    command,
  };
}

/** What must be the same for a run to go on. The rest changes no number. */
function identityOf({ plan, volunteersTrain, split, data, backend }: RunManifest): object {
  return { plan, volunteersTrain, split, data: { sha256: data.sha256 }, backend };
}

/** Each difference between the folder's run and the one asked for. Empty if the run can go on. */
export function manifestDifferences(inFolder: RunManifest, asked: RunManifest): readonly string[] {
  return differences("", identityOf(inFolder), identityOf(asked));
}

function differences(path: string, one: unknown, other: unknown): readonly string[] {
  if (!isRecord(one) || !isRecord(other)) {
    if (JSON.stringify(one) === JSON.stringify(other)) return [];
    return [`${path} is ${shown(one)} there, ${shown(other)} was asked for`];
  }
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.flatMap((name) => differences(path === "" ? name : `${path}.${name}`, one[name], other[name]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
