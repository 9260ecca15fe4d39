/** `npm run inspect -- DATA --task TASK.json`: what a task makes of a folder, before anybody trains on it. */
import { readFile, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { FolderMapping } from "@tributary/datasets";
import type { DecimalSign } from "@tributary/datasets/tables";
import { reasonOf } from "@tributary/platform";
import {
  classNameProblems,
  describeProblem,
  type ImageTaskDefinition,
  type Problem,
  problemsBelow,
  schemaProblems,
  Task,
  TaskDefinition,
} from "@tributary/protocol";
import { Impossible } from "../impossible.ts";
import { type InspectedFile, openFolder } from "../inspect/inspect-pictures.ts";
import { inspectTable, parseColumnChoices } from "../inspect/inspect-table.ts";
import { createTally, inspectionLines } from "../inspect/inspection.ts";
import { parseMapping } from "../inspect/parse-mapping.ts";
import { exitIfStarted, fromCaller, orImpossible, runCommand } from "./command-line.ts";

const usage = `usage: npm run inspect -- DATA --task TASK.json [--map NAME=MEANING]... [--decimal SIGN] [--json]

Says what the task makes of DATA, a folder of pictures or a CSV file: how many there are of each class, what is left out and
why, and which names are not clear. Nothing is changed, and nothing leaves the machine.
  --task     a task's definition, as it is exported
  --map      pictures: FOLDER=CLASS, the class of a folder whose name does not say it; "FOLDER=" leaves the folder out.
             CSV: COLUMN=NAME, the file's name of a column of the task; "COLUMN=" says that the file has none
  --decimal  CSV: what stands before decimals, "." or ",", where the file's numbers do not say it
  --json     one JSON object a file or row and line: what became of it, or the network's input in base64`;

type Choice = {
  readonly data: string;
  readonly task: string;
  readonly map: readonly string[];
  readonly decimal: DecimalSign | null;
  readonly json: boolean;
};

/**
 * Exit status: 0 every class has examples and every name is clear, 1 something is missing or undecided, 2 invalid
 * arguments.
 */
export function main(args: readonly string[]): Promise<number> {
  return runCommand({ usage, read: readArguments, run }, args);
}

function readArguments(args: readonly string[]): Choice {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      task: { type: "string" },
      map: { type: "string", multiple: true, default: [] },
      decimal: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [data, ...others] = positionals;
  if (data === undefined || others.length > 0) {
    throw new Error(`expected one DATA, got ${positionals.length === 0 ? "none" : positionals.join(", ")}`);
  }
  if (values.task === undefined) throw new Error("expected --task TASK.json, got none");
  const { task, map, json, decimal = null } = values;
  if (decimal !== null && decimal !== "." && decimal !== ",") {
    throw new Error(`expected --decimal "." or --decimal ",", got ${JSON.stringify(decimal)}`);
  }
  return { data: fromCaller(data), task: fromCaller(task), map, decimal, json };
}

async function run({ data, task: path, map, decimal, json }: Choice): Promise<number> {
  const task = await readTask(path);
  switch (task.kind) {
    case "image-classification":
      return inspectPictures({ data, task, mapping: mappingOf(map, task), json });
    case "table-classification":
    case "table-regression":
      return inspectTable({ data, task, choices: { columns: parseColumnChoices(map), decimal }, json });
    default:
      return task satisfies never;
  }
}

async function readTask(path: string): Promise<TaskDefinition> {
  const text = await orImpossible(readFile(path, "utf8"));
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (cause) {
    throw new Impossible(`${path} must be JSON: ${reasonOf(cause)}`, { cause });
  }
  const problems = taskProblems(given);
  // The schema fits where there are no problems.
  if (problems.length === 0) return given as TaskDefinition;
  throw new Impossible(
    problems.map((problem) => `${path}: ${describeProblem(problem, "the task")}`).join("\n"),
  );
}

/** A definition as a person writes it, or one version of a task, which has its number too. */
function taskProblems(given: unknown): readonly Problem[] {
  const isVersion = typeof given === "object" && given !== null && "version" in given;
  const problems = schemaProblems(isVersion ? Task : TaskDefinition, given);
  if (problems.length > 0) return problems;
  const task = given as TaskDefinition;
  return task.kind === "image-classification"
    ? problemsBelow("/classes", classNameProblems(task.classes))
    : [];
}

function mappingOf(map: readonly string[], { classes }: ImageTaskDefinition): FolderMapping {
  try {
    return parseMapping(map, classes);
  } catch (cause) {
    throw new Impossible(reasonOf(cause), { cause });
  }
}

async function inspectPictures(options: {
  readonly data: string;
  readonly task: ImageTaskDefinition;
  readonly mapping: FolderMapping;
  readonly json: boolean;
}): Promise<number> {
  const { data, task, mapping, json } = options;
  if (!(await orImpossible(stat(data))).isDirectory()) {
    throw new Impossible(`expected a folder of pictures, got the file ${data}`);
  }
  const opened = await orImpossible(openFolder(data, task, mapping));
  demandFolders(mapping, opened.undecided);
  const tally = createTally(task.classes);
  for await (const file of opened.files()) {
    tally.add(file);
    if (json) console.log(jsonLine(file));
  }
  const total = tally.total();
  if (!json) console.log([...inspectionLines(total), ...linkLines(opened.listed.unfollowed)].join("\n"));
  return total.undecided.length === 0 && [...total.pictures.values()].every((count) => count > 0) ? 0 : 1;
}

function demandFolders(mapping: FolderMapping, undecided: readonly string[]): void {
  const strange = Object.keys(mapping).filter(
    (folder) => !undecided.includes(folder.normalize("NFC").trim()),
  );
  if (strange.length === 0) return;
  const known = undecided.map((folder) => JSON.stringify(folder)).join(", ") || "none";
  throw new Impossible(`expected --map of an undecided folder (${known}), got ${JSON.stringify(strange[0])}`);
}

function jsonLine(file: InspectedFile): string {
  if (file.outcome !== "picture") return JSON.stringify(file);
  return JSON.stringify({ ...file, input: Buffer.from(file.input).toString("base64") });
}

function linkLines(paths: readonly string[]): readonly string[] {
  return paths.map((path) => `not followed: ${path}, a link to nothing or to a folder that is read already`);
}

await exitIfStarted(import.meta.url, main);
