/**
 * Prints docs/configuration.md from the variables that the programs read:
 * npm run setup && node scripts/write-configuration.mjs
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./setup.mjs";

export const PAGE = join(ROOT, "docs/configuration.md");

const INTRODUCTION = `# Configuration

Environment variables configure the programs. A blank value counts as not set. A program that finds a wrong value names
the variable, says what it must be and quotes it (never a password or a token), and ends. Relative folders are relative to
the folder in which the program was started; the defaults below are relative to the repository.

This page is printed by \`scripts/write-configuration.mjs\` from the code that reads the variables.`;

/** The programs, each with the module that exports its variables. `{built}` stands for src or dist. */
const PROGRAMS = [
  {
    title: "The server",
    about: "`npm start`. `npm run export` and `npm run token` read the same variables.",
    module: "apps/server/{built}/config",
    variables: "serverVariables",
  },
  {
    title: "A compute process by itself",
    about: `\`node apps/compute/dist/main.js\`, on any machine that reaches the server's database. The compute process that a
server starts takes its settings from the server.`,
    module: "apps/compute/{built}/config",
    variables: "computeVariables",
  },
];

const COLUMNS = ["variable", "value", "default", "example", "what it is for"];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(PAGE, await configurationPage("dist"));
}

/**
 * The page's text.
 * @param {"src" | "dist"} from the programs' sources, for a reader of TypeScript, or what was compiled from them
 */
export async function configurationPage(from) {
  const extension = from === "src" ? "ts" : "js";
  const parts = [];
  for (const { title, about, module, variables } of PROGRAMS) {
    const path = join(ROOT, `${module.replace("{built}", from)}.${extension}`);
    const exported = await import(pathToFileURL(path).href);
    parts.push([`## ${title}`, about, tableOf(exported[variables])].join("\n\n"));
  }
  return `${[INTRODUCTION, ...parts].join("\n\n")}\n`;
}

function tableOf(variables) {
  const rows = Object.entries(variables).map(([name, variable]) => [
    code(name),
    variable.accepts,
    variable.default === "" ? "" : code(variable.default.replace(`${ROOT}/`, "")),
    code(variable.example),
    variable.description,
  ]);
  return [COLUMNS, COLUMNS.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

function code(text) {
  return `\`${text}\``;
}
