/** `npm run demo`: reads the command line, runs the demo and prints its result. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type DemoTask, readDemoTask } from "./demo-task.ts";
import { DEMO_USAGE, parseDemoOptions } from "./options.ts";
import { percent } from "./report-html.ts";
import { runDemo } from "./run-demo.ts";

// Writing to a terminal that was closed is an error, which must not keep the demo from cleaning up.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
process.exit(await main(process.argv.slice(2)));

/** @returns the exit code */
async function main(words: readonly string[]): Promise<number> {
  const parsed = parseDemoOptions(words);
  if (parsed.kind === "help") {
    console.log(DEMO_USAGE);
    return 0;
  }
  if (parsed.kind === "refused") {
    console.error(`${parsed.reason}\n${DEMO_USAGE}`);
    return 2;
  }
  let task: DemoTask;
  try {
    task = await readDemoTask(parsed.options.task);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  // npm runs its scripts in the repository, but a relative path starts where the command was typed.
  const directory = resolve(process.env.INIT_CWD ?? process.cwd(), parsed.options.out);
  const interruption = interruptions();
  try {
    await mkdir(directory, { recursive: true });
    const { report, seconds } = await runDemo(parsed.options, task, directory, interruption.signal);
    const { accuracyFedAvg, accuracyDynafed } = report.final;
    const points = ((accuracyDynafed - accuracyFedAvg) * 100).toFixed(1);
    console.log(`FedAvg ${percent(accuracyFedAvg)}, DynaFed ${percent(accuracyDynafed)} (${points} points)`);
    console.log(
      `D ${report.synthesis.distanceFirst.toFixed(3)} -> ${report.synthesis.distanceLast.toFixed(3)}`,
    );
    console.log(`${Math.round(seconds)} s; the report is ${join(directory, "report.html")}`);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return interruption.exitCode();
    console.error(`the demo failed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** Ctrl-C ends the demo in order. The exit code is 128 + the signal's number, as shells have it. */
function interruptions(): { readonly signal: AbortSignal; exitCode(): number } {
  const controller = new AbortController();
  let code = 0;
  for (const [name, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
    ["SIGHUP", 1],
  ] as const) {
    process.on(name, () => {
      code = 128 + number;
      controller.abort(new Error(name));
    });
  }
  return { signal: controller.signal, exitCode: () => code };
}
