/**
 * Prints docs/machines.md from the transition tables of the state machines:
 * npm run setup && node scripts/write-machines.mjs
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./setup.mjs";

export const PAGE = join(ROOT, "docs/machines.md");

const INTRODUCTION = `# State machines

Each machine is a pure function, \`step(state, event) -> { state, effects }\`, and this page is its whole behaviour:
what every event does in every phase. It is printed by \`scripts/write-machines.mjs\` from the tables in the code, and
tests drive every kind of state with every event and compare the outcome with its cell.

*Leads to* lists every phase that the event can lead to, *asks for* every effect that it can ask its shell for. Which of
them it is depends on the state and the event. An event that is ignored changes nothing in any state of the phase.`;

/**
 * The machines, each with the module that exports its table. `phases` may be left out: the name under which the module
 * says what each phase means. `{built}` stands for src or dist.
 */
const MACHINES = [
  {
    title: "The round machine",
    about: `What a run does when its volunteers, its operator, the compute process or a deadline says something
(\`packages/rounds\`). An event of another round than the run is in changes nothing, and neither does one of a volunteer
that the cohort lacks: the cells speak of events that fit.`,
    module: "packages/rounds/{built}/table/round-table",
    table: "roundTable",
    phases: "roundPhases",
  },
  {
    title: "The volunteer's session",
    about: `What a volunteer does when its server, its trainer or the person at the page says something
(\`packages/volunteer/src/session\`). An event of another connection, timer, tensor, training or update than the one that the
session is busy with changes nothing: the cells speak of events that fit. Every message also shows that the server is there,
which the cells leave out.`,
    module: "packages/volunteer/{built}/session/table/table",
    table: "sessionTable",
    phases: "sessionPhases",
  },
  {
    title: "The server's side of a connection",
    about: `What the server does about one volunteer's socket (\`packages/connection\`): the greeting, heartbeats,
faults, back pressure and the end. Frames are worked on one after the other. What an update goes through after
\`hand-to-desk\` is the volunteer's desk's (\`apps/server/src/transport/desk\`).`,
    module: "packages/connection/{built}/transitions",
    table: "connectionTable",
    phases: "connectionPhases",
  },
];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(PAGE, await machinesPage("dist"));
}

/**
 * The page's text.
 * @param {"src" | "dist"} from the tables' sources, for a reader of TypeScript, or what was compiled from them
 */
export async function machinesPage(from) {
  const extension = from === "src" ? "ts" : "js";
  const parts = [];
  for (const { title, about, module, table, phases } of MACHINES) {
    const path = join(ROOT, `${module.replace("{built}", from)}.${extension}`);
    const exported = await import(pathToFileURL(path).href);
    parts.push(machinePart({ title, about, table: exported[table], phases: exported[phases] ?? {} }));
  }
  return `${[INTRODUCTION, ...parts].join("\n\n")}\n`;
}

function machinePart({ title, about, table, phases }) {
  const rows = Object.entries(table).map(([phase, row]) => phasePart(phase, phases[phase], row));
  return [`## ${title}`, about, ...rows].join("\n\n");
}

function phasePart(phase, meaning, row) {
  const cells = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
  const moving = cells.filter(([, cell]) => cell.outcome === "moves");
  const table = [
    "| event | leads to | asks for | in words |",
    "|---|---|---|---|",
    ...moving.map(([event, cell]) => tableRow(phase, event, cell)),
  ];
  const parts = [`### ${phase}`, meaning, moving.length > 0 && table.join("\n"), ignoredPart(cells)];
  return parts.filter(Boolean).join("\n\n");
}

function tableRow(phase, event, { to, effects, when }) {
  const phases = to.map((each) => (each === phase ? "*stays*" : each)).join(", ");
  return `| \`${event}\` | ${phases} | ${effects.map((effect) => `\`${effect}\``).join(", ")} | ${when} |`;
}

/** The ignored events, by the reason for which they are. */
function ignoredPart(cells) {
  const reasons = new Map();
  for (const [event, cell] of cells) {
    if (cell.outcome !== "ignored") continue;
    reasons.set(cell.because, [...(reasons.get(cell.because) ?? []), `\`${event}\``]);
  }
  const lines = [...reasons].map(([because, events]) => `- ${events.join(", ")}: ${because}`);
  return lines.length > 0 && ["Ignored:", ...lines].join("\n");
}
