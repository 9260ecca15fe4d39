/** `npm run task -- import | export | list | check`: tasks between files and the database. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { reasonOf } from "@tributary/platform";
import { environmentProblemLines } from "@tributary/platform/environment";
import type { Storage } from "@tributary/storage";
import { readConfig } from "../config.ts";
import { describeReference, readTaskFile, taskFile } from "../task-file.ts";
import { readTaskArguments, type TaskCommand } from "./task-arguments.ts";
import { withStorage } from "./with-storage.ts";

const usage = `usage: npm run task -- check FILE
       npm run task -- import FILE
       npm run task -- export ID [--version N] > FILE
       npm run task -- list

check says whether FILE holds a task that a run can train. import keeps it as a new version, unless the newest version
says the same. export prints the newest version, or version N, as import takes it. All but check read the database that
DATABASE_URL names, else the embedded one, which no running server may be using; while one is running, use its dashboard.`;

process.exitCode = await main(process.argv.slice(2));

/** Exit status: 0 done, 1 a fault on the way, 2 invalid arguments, settings or file; stderr has the reason. */
async function main(args: readonly string[]): Promise<number> {
  const asked = readTaskArguments(args);
  if (typeof asked === "string") return refuse(`${asked}\n${usage}`);
  try {
    return await perform(asked);
  } catch (error) {
    console.error(reasonOf(error));
    return 1;
  }
}

async function perform(asked: TaskCommand): Promise<number> {
  switch (asked.command) {
    case "help":
      console.log(usage);
      return 0;
    case "check":
    case "import":
      return await takeFile(asked.command, asked.file);
    case "export":
      return await onStorage((storage) => exportTask(storage, asked.id, asked.version));
    case "list":
      return await onStorage(listTasks);
    default:
      return asked satisfies never;
  }
}

async function takeFile(command: "check" | "import", file: string): Promise<number> {
  const text = await readText(file);
  if (text === null) return refuse(`${file} cannot be read: is it there?`);
  const outcome = readTaskFile(text);
  if (outcome.outcome === "refused") return refuse(`${file} holds no task: ${outcome.reason}`);
  const { definition } = outcome;
  if (command === "check") {
    console.log(`${file} holds the task "${definition.id}", which a run can train`);
    return 0;
  }
  return await onStorage(async (storage) => {
    const version = await storage.tasks.add(definition);
    const reference = describeReference({ id: definition.id, version });
    await storage.audit.record("command line", "add-task", null, reference);
    console.log(reference);
    return 0;
  });
}

/** Null: there is no such file, or it cannot be read. */
async function readText(file: string): Promise<string | null> {
  const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
  return await readFile(path, "utf8").catch(() => null);
}

async function exportTask({ tasks }: Storage, id: string, version: number | null): Promise<number> {
  const [newest] = await tasks.versions(id);
  const task = version === null ? newest?.task : await tasks.find({ id, version });
  if (task) {
    process.stdout.write(taskFile(task));
    return 0;
  }
  const known = (await tasks.list()).map((each) => each.task.id).join(", ") || "none";
  if (newest === undefined) return refuse(`there is no task "${id}"; there are: ${known}`);
  return refuse(`the newest version of task "${id}" is ${newest.task.version}, got ${version}`);
}

async function listTasks({ tasks }: Storage): Promise<number> {
  for (const { task } of await tasks.list()) {
    console.log(`${task.id}  version ${task.version}  ${task.kind}  ${task.texts.title}`);
  }
  return 0;
}

async function onStorage(use: (storage: Storage) => Promise<number>): Promise<number> {
  const outcome = readConfig(process.env, process.cwd());
  if (!outcome.ok) return refuse(environmentProblemLines(outcome.problems));
  return await withStorage(outcome.config, use);
}

function refuse(reason: string): number {
  console.error(reason);
  return 2;
}
