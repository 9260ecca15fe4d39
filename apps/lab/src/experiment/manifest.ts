/** What a run's folder says of how it was made, and whether it is the run that is asked for. Pure. */
import type { BackendName, Plan } from "@tributary/protocol";
import { Type } from "typebox";
import type { RunSpec } from "./run-matrix.ts";

export type Manifest = {
  readonly preset: string;
  readonly scale: string;
  readonly method: string;
  readonly alpha: number;
  readonly seed: number;
  readonly plan: Plan;
  readonly volunteersTrain: RunSpec["volunteersTrain"];
  readonly data: {
    readonly folder: string;
    readonly sha256: string;
    readonly image: readonly number[];
    readonly classes: number;
    readonly train: number;
    readonly test: number;
  };
  readonly backend: BackendName;
  readonly adapter: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
};

/** As much of it as is read from a folder, whatever version wrote it there. */
export const ManifestOutline = Type.Object({
  ...{ method: Type.String(), alpha: Type.Number(), seed: Type.Integer(), command: Type.String() },
  plan: Type.Object({
    dynafed: Type.Union([Type.Object({ snapshots: Type.Integer() }), Type.Null()]),
  }),
  data: Type.Object({ sha256: Type.String() }),
});

/** What must be the same for a run to go on: the rest may change without changing a number. */
function identityOf({ plan, volunteersTrain, data, backend }: Manifest): object {
  return { plan, volunteersTrain, data: { sha256: data.sha256 }, backend };
}

/** Each place where the folder's run is another than the one asked for; empty when it can go on. */
export function manifestDifferences(inFolder: Manifest, asked: Manifest): readonly string[] {
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
