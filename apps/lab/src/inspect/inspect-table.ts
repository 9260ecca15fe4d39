/** What a task makes of every row of a CSV file, printed for people or row by row. */
import { stat } from "node:fs/promises";
import { type TableDefinition, tableBytes } from "@tributary/datasets/node";
import {
  type ColumnChoices,
  type DecimalSign,
  describeQuestion,
  describeRefusal,
  describeRejection,
  type Rejection,
  type Rejections,
  type RowSink,
  readRows,
  rejectionTally,
  rejectionWords,
  type TableFile,
} from "@tributary/datasets/tables";
import { orImpossible } from "../commands/command-line.ts";
import { Impossible } from "../impossible.ts";

/** What is inspected. */
export type TableInspection = {
  readonly data: string;
  readonly task: TableDefinition;
  readonly choices: { readonly columns: ColumnChoices; readonly decimal: DecimalSign | null };
  readonly json: boolean;
};

/** Reads "COLUMN=NAME", and "COLUMN=" for a column that the file has not. */
export function parseColumnChoices(options: readonly string[]): ColumnChoices {
  return Object.fromEntries(
    options.map((option) => {
      const at = option.lastIndexOf("=");
      if (at < 1) throw new Impossible(`expected --map COLUMN=NAME, got ${JSON.stringify(option)}`);
      const name = option.slice(at + 1);
      return [option.slice(0, at), name === "" ? null : name];
    }),
  );
}

/** Prints what the task makes of the file. Gives the exit status: 0 it is clear and every class has rows, 1 it is not. */
export async function inspectTable({ data, task, choices, json }: TableInspection): Promise<number> {
  if (!(await orImpossible(stat(data))).isFile()) {
    throw new Impossible(`expected a CSV file, got the folder ${data}: name a file in it`);
  }
  const { columns, decimal } = choices;
  const rejected = rejectionTally();
  const counts = new Map<number, number>();
  let rows = 0;
  const sink: RowSink = {
    accept(row) {
      rows++;
      if (task.kind === "table-classification") counts.set(row.answer, (counts.get(row.answer) ?? 0) + 1);
      if (json) console.log(rowLine(task, row));
    },
    reject(rejection) {
      rejected.add(rejection);
      if (json) console.log(rejectionLine(rejection));
    },
  };
  const chosen = decimal === null ? { columns } : { columns, decimal };
  const reading = await orImpossible(
    readRows({ rules: task, chunks: tableBytes(data), choices: chosen }, sink),
  );
  switch (reading.outcome) {
    case "read": {
      if (!json) console.log(linesOf(task, { rows, counts }, rejected.result(), reading).join("\n"));
      const isComplete = task.kind === "table-regression" || counts.size === task.target.classes.length;
      return rows > 0 && isComplete ? 0 : 1;
    }
    case "asked":
      return unread(describeQuestion(reading.question), json);
    case "refused":
      return unread(describeRefusal(reading.refusal), json);
    case "aborted":
      throw new Error("expected nobody to abort");
    default:
      return reading satisfies never;
  }
}

function unread(message: string, json: boolean): number {
  console.log(json ? JSON.stringify({ outcome: "unread", message }) : message);
  return 1;
}

type Row = Parameters<RowSink["accept"]>[0];

/** `input`: float32, little-endian, in base64. */
function rowLine(task: TableDefinition, { line, features, answer }: Row): string {
  const bytes = Buffer.alloc(features.length * 4);
  for (const [at, value] of features.entries()) bytes.writeFloatLE(value, at * 4);
  const meant =
    task.kind === "table-classification" ? { class: task.target.classes[answer]?.name } : { target: answer };
  return JSON.stringify({ line, outcome: "row", ...meant, input: bytes.toString("base64") });
}

function rejectionLine({ line, reason, column, value }: Rejection): string {
  const message = rejectionWords({ reason, value });
  return JSON.stringify({ line, outcome: "left-out", reason, column, message });
}

function linesOf(
  task: TableDefinition,
  { rows, counts }: { readonly rows: number; readonly counts: ReadonlyMap<number, number> },
  rejections: Rejections,
  { delimiter, encoding, decimal, header, mapping, unused, blankLines, others }: TableFile,
): readonly string[] {
  const renamed = mapping.flatMap(({ column, at }) => {
    const name = at === null ? "no column of the file" : JSON.stringify(header[at]);
    return at !== null && header[at] === column ? [] : [`column ${JSON.stringify(column)} is ${name}`];
  });
  const decimals = decimal === null ? "no decimals" : `decimals after ${JSON.stringify(decimal)}`;
  return [
    `${plural(rows, "row")}, cells set apart by ${JSON.stringify(delimiter)}, ${encoding}, ${decimals}`,
    ...(task.kind === "table-classification"
      ? task.target.classes.map(({ name }, label) => `  ${name}  ${counts.get(label) ?? "no rows"}`)
      : []),
    ...renamed,
    ...(unused.length === 0 ? [] : [`columns that nothing reads: ${unused.join(", ")}`]),
    ...others.map(
      ({ column, count, texts }) =>
        `column ${column}: ${plural(count, "row")} of another category, such as ${texts.join(", ")}`,
    ),
    ...(blankLines === 0 ? [] : [`${plural(blankLines, "empty line")}`]),
    ...rejections.counts.map(
      ({ reason, column, count }) =>
        `left out, ${plural(count, "row")}: ${reason}${column === null ? "" : ` in column ${column}`}`,
    ),
    ...rejections.first.map((rejection) => `  ${describeRejection(rejection)}`),
  ];
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
