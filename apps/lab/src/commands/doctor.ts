/** `npm run doctor`: which backends this machine has, how exact and fast they are, and which one the server takes. */
import { availableParallelism, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { backendOf, CANDIDATE_IDS, type CandidateId } from "@tributary/backends";
import { oneOf } from "../arguments.ts";
import { examine } from "../doctor/examine.ts";
import { findChromium, findPostgres } from "../doctor/machine.ts";
import { reportLines } from "../doctor/print.ts";
import type { BackendReport, DoctorReport } from "../doctor/report.ts";
import { exitIfStarted, runCommand } from "./command-line.ts";

const NAMES = ["auto", "tensorflow", "webgpu", "wasm", "cpu"] as const;
type Name = (typeof NAMES)[number];

const usage = `usage: npm run doctor -- [--json] [--backend ${NAMES.slice(1).join(" | ")}]

Examines every backend of the compute process, each in a process of its own: whether it loads and why not, its adapter
and library, its errors on known numbers, and the time per training step and synthesis iteration on small shapes, which
are printed. Says which backend the server takes.
  --backend   examines this one alone; a software adapter is then good enough
  --json      prints one JSON object`;

type Asked = { readonly json: boolean; readonly backend: Name };

/** Exit status: 0 where a backend works, 1 where none does, 2 for invalid arguments. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand({ usage, read: readArguments, run }, args);
}

function readArguments(args: readonly string[]): Asked {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      backend: { type: "string", default: process.env.COMPUTE_BACKEND?.trim() || "auto" },
    },
  });
  return { json: values.json, backend: oneOf("--backend", NAMES, values.backend) };
}

async function run(asked: Asked): Promise<number> {
  const report = await examineMachine(asked.backend);
  console.log(asked.json ? JSON.stringify(report) : reportLines(report).join("\n"));
  return report.backends.some(({ works }) => works) ? 0 : 1;
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

await exitIfStarted(import.meta.url, main);
