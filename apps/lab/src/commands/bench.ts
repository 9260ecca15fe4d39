/**
 * `npm run bench -- training|synthesis`: every backend that opens here side by side, and PyTorch beside them.
 * Written by hand rather than on a benchmark library: those run one subject after the other in one process, and here
 * the subjects are processes that take turns.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type BenchKind, benchCases, SHAPES, type Shapes } from "../bench/cases.ts";
import { BENCH_BACKENDS, type BenchBackend, backendEntrants, torchEntrants } from "../bench/entrants.ts";
import { markdown, rowsOf } from "../bench/report.ts";
import { type Benchmark, NotThere, runCases } from "../bench/run-cases.ts";

const usage = `usage: npm run bench -- training|synthesis [--backends NAME,NAME] [--shapes NAME] [--repeat N] [--json]
  training      ms of one local step (forward, backward, Adam), batch 32
  synthesis     ms of one outer iteration of DynaFed, 100 images, 10 and 50 inner steps
  --backends    of ${BENCH_BACKENDS.join(", ")}; without it, those that open here
  --shapes      default: widths 16, 32, 128 (50 inner steps at 16 and 32 only); small: width 16;
                all: 50 inner steps at width 128 too, for which PyTorch takes about 28 GB;
                paper: width 128, 150 images, 20 inner steps; tiny: to see it work
  --repeat      counted runs of each case and backend, 5 without it; a backend stops at 60 s a case
  --json        rows as JSON on stdout instead of the table
PyTorch runs beside them with two threads where $PYTHON, python3 or /usr/bin/python3 has torch.`;

/** Exit status: 0 done, 1 broken on the way, 2 asked for something impossible (said on stderr, with the value). */
export async function main(args: readonly string[]): Promise<number> {
  let choice: Choice | "help";
  try {
    choice = readArguments(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return 2;
  }
  if (choice === "help") {
    console.log(usage);
    return 0;
  }
  try {
    const benchmark = await bench(choice);
    print(choice, benchmark);
    return benchmark.measurements.length > 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotThere)) throw error;
    console.error(error.message);
    return 2;
  }
}

type Choice = {
  readonly kind: BenchKind;
  readonly backends: readonly BenchBackend[];
  /** Named backends have to open; otherwise those that do not are left out. */
  readonly named: boolean;
  readonly shapes: Shapes;
  readonly repeat: number;
  readonly json: boolean;
};

function readArguments(args: readonly string[]): Choice | "help" {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      backends: { type: "string" },
      shapes: { type: "string", default: "default" },
      repeat: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return "help";
  const [kind, ...more] = positionals;
  if ((kind !== "training" && kind !== "synthesis") || more.length > 0) {
    throw new Error(`expected training or synthesis, got ${JSON.stringify(positionals.join(" "))}`);
  }
  const repeat = Number(values.repeat);
  if (!Number.isInteger(repeat) || repeat < 1 || repeat > 1000) {
    throw new Error(`expected --repeat from 1 to 1000, got ${JSON.stringify(values.repeat)}`);
  }
  const names = values.backends?.split(",") ?? BENCH_BACKENDS;
  return {
    kind,
    backends: names.map((name) => oneOf("--backends", BENCH_BACKENDS, name)),
    named: values.backends !== undefined,
    shapes: oneOf("--shapes", SHAPES, values.shapes),
    repeat,
    json: values.json,
  };
}

function oneOf<T extends string>(option: string, known: readonly T[], name: string): T {
  const found = known.find((one) => one === name);
  if (found === undefined) {
    throw new Error(`expected ${option} of ${known.join(", ")}, got ${JSON.stringify(name)}`);
  }
  return found;
}

async function bench(choice: Choice): Promise<Benchmark> {
  const pythons = process.env.PYTHON ? [process.env.PYTHON] : ["python3", "/usr/bin/python3"];
  const torch = await torchEntrants(pythons);
  const entrants = [
    ...(torch.found ? torch.entrants : []),
    ...backendEntrants(choice.backends, choice.named),
  ];
  const cases = benchCases(choice.kind, choice.shapes);
  const said = [...disturbances(), ...(torch.found ? [] : [torch.line])];
  for (const line of said) console.error(line);
  const { measurements, notes } = await runCases(cases, entrants, choice.repeat, (line) =>
    console.error(line),
  );
  return { measurements, notes: [...said, ...notes] };
}

/** Work of others when it begins, which meets two-thread PyTorch hardest: its threads wait for each other in a loop. */
function disturbances(): readonly string[] {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load < cores / 4) return [];
  return [`load ${load.toFixed(1)} on ${cores} cores before it began: other work disturbs these figures`];
}

function print(choice: Choice, benchmark: Benchmark): void {
  const model = cpus()[0]?.model ?? "unknown CPU";
  const cores = availableParallelism();
  const machine = `${model}, ${cores} cores, Node ${process.version}`;
  if (choice.json) {
    const rows = rowsOf(benchmark.measurements);
    console.log(
      JSON.stringify({ machine, kind: choice.kind, shapes: choice.shapes, rows, ...benchmark }, null, 2),
    );
    return;
  }
  console.log(markdown(`Benchmark of ${choice.kind}: ${machine}`, benchmark));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exit(await main(process.argv.slice(2)));
