/** Who can take part here: the backends, and PyTorch if a python3 has it. */

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { places } from "@tributary/platform";
import type { BackendName } from "@tributary/protocol";
import { REFERENCE } from "./report.ts";
import type { Entrant } from "./run-cases.ts";

export const BENCH_BACKENDS = [
  "tensorflow",
  "webgpu",
  "wasm",
  "cpu",
] as const satisfies readonly BackendName[];
export type BenchBackend = (typeof BENCH_BACKENDS)[number];

/** The built file, seen from src/bench and dist/bench alike: a process cannot run TypeScript. */
const child = fileURLToPath(new URL("../../dist/bench/child.js", import.meta.url));

/** An entrant for each backend. `areNeeded`: without one of them there is no benchmark. */
export function backendEntrants(names: readonly BenchBackend[], areNeeded: boolean): readonly Entrant[] {
  const command = (name: string) => ({ program: process.execPath, args: [child, name] });
  return names.map((name) => ({ name, command: command(name), isNeeded: areNeeded }));
}

export type TorchEntrants =
  | { readonly found: true; readonly entrants: readonly Entrant[] }
  | { readonly found: false; readonly line: string };

/** PyTorch on the CPU, and on CUDA if it has that, in the first of `programs` that can import it. */
export async function torchEntrants(programs: readonly string[]): Promise<TorchEntrants> {
  const reasons: string[] = [];
  for (const program of programs) {
    const probe = await probeTorch(program);
    if (typeof probe === "string") {
      reasons.push(`${program}: ${probe}`);
      continue;
    }
    const entrants = probe.devices.map((device) => ({
      name: device === "cpu" ? REFERENCE : `${REFERENCE}-${device}`,
      command: { program, args: [places.torchReference, device] },
      isNeeded: false,
    }));
    return { found: true, entrants };
  }
  return { found: false, line: `pytorch: left out, no python3 here has torch (${reasons.join("; ")})` };
}

/** The devices that the probe printed. Any program may end well, so that the output is checked. */
function readDevices(stdout: string): { readonly devices: readonly string[] } | string {
  try {
    return JSON.parse(stdout) as { readonly devices: readonly string[] };
  } catch {
    return `no list of devices: ${JSON.stringify(stdout.trim().slice(0, 80))}`;
  }
}

/** The devices that PyTorch has in this program, or why there is none. */
function probeTorch(program: string): Promise<{ readonly devices: readonly string[] } | string> {
  return new Promise((resolve) => {
    execFile(program, [places.torchReference, "--probe"], (error, stdout, stderr) => {
      if (error === null) resolve(readDevices(stdout));
      else if (error.code === "ENOENT") resolve("not there");
      else resolve(stderr.trim().split("\n").at(-1) || error.message);
    });
  });
}
