/** The record that `npm run install:tensorflow` leaves for the compute process, and the folders it describes. */
import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

/** The record of an installation. */
export const Installed = Type.Object(
  {
    format: Type.Literal(1),
    /** Project of the wheel: tensorflow-cpu or tensorflow. */
    project: Type.String(),
    version: Type.String(),
    /** Whether NVIDIA's libraries were installed with it. */
    gpu: Type.Boolean(),
    /** `os-arch` of the libraries, as Node names them. */
    platform: Type.String(),
    /** Version of @tensorflow/tfjs-node. */
    tfjs: Type.String(),
    /** Name of the folder beside this record that holds everything. */
    directory: Type.String({ pattern: "^[A-Za-z0-9._-]+$" }),
    bindingSha256: Sha256,
    compiler: Type.String(),
    wheels: Type.Array(
      Type.Object(
        { fileName: Type.String(), sha256: Sha256, bytes: Type.Integer(), extractedBytes: Type.Integer() },
        { additionalProperties: false },
      ),
    ),
    installedAt: Type.String(),
  },
  { additionalProperties: false },
);
export type Installed = Static<typeof Installed>;

const FILE = "installed.json";

/** The record in `folder`; null where nothing is installed. Throws, quoting the fault, where it cannot be read. */
export function readInstalled(folder: string): Installed | null {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (Value.Check(Installed, value)) return value;
  const [problem] = Value.Errors(Installed, value);
  throw new Error(`${path}: ${problem?.instancePath || "the file"} ${problem?.message ?? "is wrong"}`);
}

/** Writes the record; it appears whole or not at all. */
export async function writeInstalled(folder: string, installed: Installed): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(installed, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** The paths of an installation's parts. `home` is its folder: the record's, joined with `directory`. */
export function partsOf(home: string) {
  return {
    /** Laid out as Python's site-packages, on which the libraries' own search paths rely. */
    site: join(home, "site"),
    javascript: join(home, "javascript"),
    kernels: join(home, "javascript/node_modules/@tensorflow/tfjs-node"),
    binding: join(home, "binding/tfjs_binding.node"),
  };
}
