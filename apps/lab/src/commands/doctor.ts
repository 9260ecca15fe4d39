/** `npm run doctor`: which backends this machine has, how right and how fast they are, and which the server takes. */
import { availableParallelism, totalmem } from "node:os";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { backendOf, CANDIDATE_IDS, type CandidateId } from "@tributary/backends";
import { examine } from "../doctor/examine.ts";
import { findChromium, findPostgres } from "../doctor/machine.ts";
import { reportLines } from "../doctor/print.ts";
import type { BackendReport, DoctorReport } from "../doctor/report.ts";

const NAMES = ["auto", "tensorflow", "webgpu", "wasm", "cpu"] as const;
type Name = (typeof NAMES)[number];

const usage = `usage: npm run doctor -- [--json] [--backend ${NAMES.slice(1).join(" | ")}]

Examines every backend of the compute process, each in a process of its own: whether it loads and why not, its adapter
and library, its errors on known numbers, the time of a training step and of a synthesis iteration (of small shapes,
which are printed), and which one the server takes. --backend examines one alone, a software adapter then being good
enough. --json prints one JSON object.`;

type Asked = { readonly json: boolean; readonly backend: Name; readonly help: boolean };

/** Exit status: 0 where a backend works, 1 where none does, 2 for arguments that make no sense. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = readArguments(args);
  if (typeof asked === "string") {
    console.error(`${asked}\n${usage}`);
    return 2;
  }
  if (asked.help) {
    console.log(usage);
    return 0;
  }
  const report = await examineMachine(asked.backend);
  console.log(asked.json ? JSON.stringify(report) : reportLines(report).join("\n"));
  return report.backends.some(({ works }) => works) ? 0 : 1;
}

function readArguments(args: readonly string[]): Asked | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        backend: { type: "string", default: process.env.COMPUTE_BACKEND?.trim() || "auto" },
        help: { type: "boolean", default: false },
      },
    });
    const backend = NAMES.find((name) => name === values.backend);
    if (backend === undefined) return `expected --backend ${NAMES.join(" | ")}, got ${values.backend}`;
    return { ...values, backend };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function examineMachine(preference: Name): Promise<DoctorReport> {
  const ids = CANDIDATE_IDS.filter((id) => preference === "auto" || backendOf(id) === preference);
  const backends: BackendReport[] = [];
  // One after the other, or they would slow each other down.
  for (const id of ids) backends.push(await examine(id, { forced: preference !== "auto" }));
  return {
    format: 1,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    postgres: await findPostgres(process.env.DATABASE_URL),
    chromium: await findChromium(process.env.CHROMIUM_PATH, process.env.PATH ?? ""),
    backends,
    preference,
    taken: takenOf(backends),
    page: ["webgpu", "webgl", "wasm", "cpu"],
  };
}

function takenOf(backends: readonly BackendReport[]): CandidateId | null {
  return backends.find(({ works }) => works)?.id ?? null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exit(await main(process.argv.slice(2)));
