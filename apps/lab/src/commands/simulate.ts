/** `npm run simulate -- --config FILE --out DIR`: a whole run without sockets or browsers. */

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { openBackend } from "@tributary/backends";
import { readIdxFolder } from "@tributary/datasets/node";
import { places } from "@tributary/platform";
import { resultFiles } from "../simulation/result-files.ts";
import { simulate } from "../simulation/simulate.ts";
import { parseSimulationConfig, planOfConfig } from "../simulation/simulation-config.ts";

const usage = "usage: npm run simulate -- --config FILE --out DIR";

/** Exit status: 0 done, 1 broken on the way, 2 asked for something impossible (said on stderr, with the value). */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage);
    return 0;
  }
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof Impossible) {
      console.error(error.message);
      return 2;
    }
    console.error(error);
    return 1;
  }
}

class Impossible extends Error {}

async function run(args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const here = process.env.INIT_CWD ?? process.cwd();
  const { config: configPath, out } = readArguments(args, here);
  const text = await orImpossible(readFile(configPath, "utf8"));
  const config = demand(configPath, parseSimulationConfig(text));
  const data = await orImpossible(
    readIdxFolder(config.dataset === null ? places.fashionMnist : resolve(here, config.dataset)),
  );
  const { image, classes } = data.train;
  const counts = { image, classes, train: data.train.count, test: data.test.count };
  const plan = demand(configPath, planOfConfig(config, counts));
  await orImpossible(mkdir(out, { recursive: true }));

  const backend = await orImpossible(openBackend(config.backend));
  try {
    console.log(
      `${plan.rounds} rounds of ${plan.cohort.size} of ${plan.sample.shards} clients on ${backend.name}`,
    );
    const result = await simulate(plan, data, {
      onRound: ({ round, accuracy, loss }) =>
        console.log(
          `round ${round}/${plan.rounds}  accuracy ${accuracy.toFixed(4)}  loss ${loss?.toFixed(4) ?? "none"}`,
        ),
      onIteration: (iteration, distance) => {
        if (iteration % 10 === 0) console.log(`synthesis ${iteration}  D ${distance.toFixed(4)}`);
      },
    });
    const seconds = (performance.now() - begin) / 1000;
    const files = resultFiles(result, { seconds, backend: backend.name });
    for (const { name, content } of files) await writeFile(join(out, name), content);
    console.log(`wrote ${files.map(({ name }) => name).join(", ")} to ${out}`);
    return 0;
  } finally {
    await backend.close();
  }
}

function readArguments(
  args: readonly string[],
  here: string,
): { readonly config: string; readonly out: string } {
  let values: { config?: string | undefined; out?: string | undefined };
  try {
    const options = { config: { type: "string" }, out: { type: "string" } } as const;
    ({ values } = parseArgs({ args: [...args], options }));
  } catch (error) {
    throw new Impossible(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
  const { config, out } = values;
  if (config === undefined || out === undefined) throw new Impossible(usage);
  return { config: resolve(here, config), out: resolve(here, out) };
}

function demand<Value>(
  path: string,
  parsed: { ok: true; value: Value } | { ok: false; problems: readonly string[] },
): Value {
  if (parsed.ok) return parsed.value;
  throw new Impossible(parsed.problems.map((problem) => `${path}: ${problem}`).join("\n"));
}

/** A file, folder or backend that is named but cannot be had was asked for in vain. */
async function orImpossible<Value>(opening: Promise<Value>): Promise<Value> {
  try {
    return await opening;
  } catch (cause) {
    throw new Impossible(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href)
  process.exit(await main(process.argv.slice(2)));
