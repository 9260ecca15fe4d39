/**
 * `npm run bench -- training|synthesis`: compares the speed of every backend that opens here, and of PyTorch.
 * A benchmark library would run one subject after the other in one process; here the subjects are processes that take
 * turns.
 */
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { oneOf, wholeNumber } from "../arguments.ts";
import { type BenchKind, benchCases, SHAPES, type Shapes } from "../bench/cases.ts";
import { BENCH_BACKENDS, type BenchBackend, backendEntrants, torchEntrants } from "../bench/entrants.ts";
import { markdown, rowsOf } from "../bench/report.ts";
import { type Benchmark, runCases } from "../bench/run-cases.ts";
import { exitIfStarted, runCommand } from "./command-line.ts";

const usage = `usage: npm run bench -- training|synthesis [--backends NAME,NAME] [--shapes NAME] [--repeat N] [--json]
  training      ms per local step (forward, backward, Adam), batch 32
  synthesis     ms per outer iteration of DynaFed, 100 images, 10 and 50 inner steps
  --backends    some of ${BENCH_BACKENDS.join(", ")}; default: those that open here
  --shapes      default: widths 16, 32, 128 (50 inner steps at 16 and 32 only); small: width 16;
                all: 50 inner steps at width 128 too, for which PyTorch takes about 28 GB;
                paper: width 128, 150 images, 20 inner steps; tiny: a quick check that it works
  --repeat      counted runs of each case and backend; default 5; a backend stops after 60 s per case
  --json        prints the rows as JSON instead of the table
PyTorch runs beside them with two threads where $PYTHON, python3 or /usr/bin/python3 has torch.`;

/** Exit status: 0 done, 1 nothing could be measured, 2 invalid arguments or a named backend that is not there. */
export function main(args: readonly string[]): Promise<number> {
  return runCommand({ usage, read: readArguments, run }, args);
}

type Choice = {
  readonly kind: BenchKind;
  readonly backends: readonly BenchBackend[];
  /** Whether `backends` were named: each has to open then. Otherwise those that do not open are left out. */
  readonly named: boolean;
  readonly shapes: Shapes;
  readonly repeat: number;
  readonly json: boolean;
};

function readArguments(args: readonly string[]): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      backends: { type: "string" },
      shapes: { type: "string", default: "default" },
      repeat: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const [kind, ...more] = positionals;
  if ((kind !== "training" && kind !== "synthesis") || more.length > 0) {
    throw new Error(`expected training or synthesis, got ${JSON.stringify(positionals.join(" "))}`);
  }
  const names = values.backends?.split(",") ?? BENCH_BACKENDS;
  return {
    kind,
    backends: names.map((name) => oneOf("--backends", BENCH_BACKENDS, name)),
    named: values.backends !== undefined,
    shapes: oneOf("--shapes", SHAPES, values.shapes),
    repeat: wholeNumber("--repeat", values.repeat, 1, 1000),
    json: values.json,
  };
}

async function run(choice: Choice): Promise<number> {
  const benchmark = await bench(choice);
  print(choice, benchmark);
  return benchmark.measurements.length > 0 ? 0 : 1;
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

/** Notes other work on the machine. It disturbs two-thread PyTorch most, whose threads wait for each other in a loop. */
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

await exitIfStarted(import.meta.url, main);
