/** The arguments of `npm run volunteers`. */
import { parseArgs } from "node:util";
import { reasonOf } from "@tributary/platform";
import type { NodeVolunteersOptions } from "./start-node-volunteers.ts";

/** What `--help` prints. */
export const USAGE = `npm run volunteers -- [--count 1] [--url http://127.0.0.1:8080] [--run ID] [--shard N]
                          [--backend wasm|cpu] [--rounds N]

  --count    volunteers to start, 1 to 1000
  --url      address of the server
  --run      id of the run to join. Default: the newest run that is not over
  --shard    the first volunteer's sample shard; the others take the shards after it. Default: from the last
             shard downwards
  --backend  what trains: wasm, or cpu for tiny models
  --rounds   a volunteer stops after this many updates. Default: when the run is over`;

/** What the arguments can say. */
export type CommandLine = Omit<NodeVolunteersOptions, "onView" | "patienceMs">;

/** What to do. `problem` quotes the value that is wrong. */
export type CommandLineOutcome =
  | { readonly outcome: "start"; readonly options: CommandLine }
  | { readonly outcome: "help" }
  | { readonly outcome: "refused"; readonly problem: string };

/** Reads the arguments that follow the program's name. */
export function readCommandLine(argv: readonly string[]): CommandLineOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        count: { type: "string", default: "1" },
        url: { type: "string", default: "http://127.0.0.1:8080" },
        run: { type: "string" },
        shard: { type: "string" },
        backend: { type: "string", default: "wasm" },
        rounds: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return { outcome: "help" };
    const options: CommandLine = {
      url: readUrl(values.url),
      run: values.run ?? null,
      count: readCount("--count", values.count, 1, 1000),
      firstShard: values.shard === undefined ? null : readCount("--shard", values.shard, 0, 9999),
      backend: readBackend(values.backend),
      rounds: values.rounds === undefined ? null : readCount("--rounds", values.rounds, 1, 100_000),
    };
    return { outcome: "start", options };
  } catch (error) {
    return { outcome: "refused", problem: reasonOf(error) };
  }
}

function readCount(name: string, text: string, least: number, most: number): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new Error(`${name} takes a whole number from ${least} to ${most}, got "${text}"`);
}

function readBackend(text: string): "wasm" | "cpu" {
  if (text === "wasm" || text === "cpu") return text;
  throw new Error(`--backend takes "wasm" or "cpu", got "${text}"`);
}

/** The address without the slash at its end. */
function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href.replace(/\/+$/, "");
  throw new Error(`--url takes an http:// or https:// address, got "${text}"`);
}
