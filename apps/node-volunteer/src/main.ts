/** `npm run volunteers`: volunteers in Node, as company for the first page or as load. */
import { reasonOf } from "@tributary/platform";
import type { VolunteerView } from "@tributary/volunteer";
import { readCommandLine, USAGE } from "./command-line.ts";
import { startNodeVolunteers } from "./start-node-volunteers.ts";
import { statusLines } from "./status-lines.ts";

const commandLine = readCommandLine(process.argv.slice(2));
switch (commandLine.outcome) {
  case "help":
    console.log(USAGE);
    break;
  case "refused":
    console.error(`${commandLine.problem}\n\n${USAGE}`);
    process.exitCode = 2;
    break;
  case "start":
    await run(commandLine.options);
    break;
  default:
    commandLine satisfies never;
}

async function run(options: Parameters<typeof startNodeVolunteers>[0]): Promise<void> {
  const shown = new Map<number, VolunteerView>();
  const onView = (volunteer: number, view: VolunteerView): void => {
    for (const line of statusLines(shown.get(volunteer) ?? null, view)) console.log(`#${volunteer} ${line}`);
    shown.set(volunteer, view);
  };
  const volunteers = await startNodeVolunteers({ ...options, onView }).catch((error: unknown) => {
    console.error(reasonOf(error));
    process.exit(2);
  });
  console.log(`run ${volunteers.run}, shards ${volunteers.shards.join(", ")}`);

  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(130);
      stopping = true;
      void volunteers.stop();
    });
  }
  const views = await volunteers.ended;
  process.exit(views.some(({ status }) => status.phase === "failed") ? 1 : 0);
}
