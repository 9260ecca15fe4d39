/** What `npm run install:tensorflow` leaves behind for the compute process, and where. */
import { existsSync, readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });

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
    /** Of @tensorflow/tfjs-node. */
    tfjs: Type.String(),
    /** Below the folder of this file. */
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

/** Null where nothing is installed. Throws, quoting what is wrong, on a record that cannot be read. */
export function readInstalled(folder: string): Installed | null {
  const path = join(folder, FILE);
  if (!existsSync(path)) return null;
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (Value.Check(Installed, value)) return value;
  const [problem] = Value.Errors(Installed, value);
  throw new Error(`${path}: ${problem?.instancePath || "the file"} ${problem?.message ?? "is wrong"}`);
}

export async function writeInstalled(folder: string, installed: Installed): Promise<void> {
  const path = join(folder, FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(installed, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** The parts of an installation, below `directory` of its record. */
export function partsOf(home: string) {
  return {
    /** Laid out as Python's site-packages, on which the libraries' own search paths rely. */
    site: join(home, "site"),
    javascript: join(home, "javascript"),
    kernels: join(home, "javascript/node_modules/@tensorflow/tfjs-node"),
    binding: join(home, "binding/tfjs_binding.node"),
  };
}
