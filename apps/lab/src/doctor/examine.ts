/** Examines one backend in a child process: a crash or a hang becomes its reason. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { CandidateId } from "@tributary/backends";
import type { ProbeMessage } from "./probe.ts";
import type { BackendReport, Probe } from "./report.ts";

const TIME_LIMIT_MS = 120_000;
const entry = fileURLToPath(new URL("../../dist/doctor/probe.js", import.meta.url));
const nothing: Probe = {
  adapter: null,
  library: null,
  parity: [],
  trainingStep: null,
  synthesisIteration: null,
};

export type ExamineOptions = {
  /** Whether a software adapter is good enough. */
  readonly forced: boolean;
  readonly timeLimitMs?: number;
  /** The child's program, which sends `ProbeMessage`s. Default: probe.js. */
  readonly program?: string;
};

/** Resolves with what is known of the backend when its process has ended. Never rejects. */
export function examine(id: CandidateId, options: ExamineOptions): Promise<BackendReport> {
  const { forced, timeLimitMs = TIME_LIMIT_MS, program = entry } = options;
  return new Promise((resolve) => {
    const child = fork(program, [id, forced ? "forced" : "real"], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    let known = nothing;
    let reason: string | null = "it said nothing";
    let stderr = "";
    let overdue = false;
    const limit = setTimeout(() => {
      overdue = true;
      reason = `no end within ${timeLimitMs / 1000} s, ${stage(known)}`;
      child.removeAllListeners("message");
      child.kill("SIGKILL");
    }, timeLimitMs);
    child.stderr?.on("data", (part: Buffer) => {
      stderr = `${stderr}${part.toString()}`.slice(-2000);
    });
    child.on("message", (message: ProbeMessage) => {
      if (message.type === "known") known = message.probe;
      reason = message.type === "failed" ? message.reason : null;
      if (message.type === "known") reason = "it said nothing more";
    });
    child.on("error", (error) => {
      reason = `its process could not be started: ${error.message}`;
    });
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      // Any other SIGKILL is the kernel's, which sends one when memory runs out.
      if (signal !== null && !overdue) reason = `it crashed with ${signal}, ${stage(known)}`;
      else if (code !== 0 && code !== null)
        reason = `${stage(known)}: ${lastLine(stderr)} (exit code ${code})`;
      resolve({ id, works: reason === null, reason, ...known });
    });
  });
}

/** How far the process came, from what it said before it ended. */
function stage(known: Probe): string {
  if (known.adapter === null) return "while it was opened";
  if (known.parity.length <= 1) return "while its numbers were checked";
  if (known.trainingStep === null) return "in a training step";
  return known.synthesisIteration === null ? "in a synthesis" : "while it was closed";
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
