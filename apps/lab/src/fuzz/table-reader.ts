/** CSV files of every kind to damage, and the reader of tables with what it promises. */
import { readTable, type TableRules } from "@tributary/datasets/tables";

const scale = { mean: 1, std: 2 };
const common = { range: null, missing: "flag", scale } as const;

const rules: TableRules = {
  kind: "table-classification",
  columns: [
    { type: "number", name: "größe", unit: "", transform: "none", ...common },
    { type: "number", name: "debt", unit: "", transform: "log1p", ...common },
    { type: "date", name: "day", order: "day-month-year", ...common },
    { type: "category", name: "colour", categories: ["red", "two\nlines"], other: true, missing: "other" },
  ],
  missingTexts: ["NA"],
  target: {
    column: "class",
    classes: [
      { name: "no", values: ["n", "0"] },
      { name: "yes", values: [] },
    ],
  },
};

/** The same rows with each delimiter, line end, encoding and sign of decimals. */
export function tableFiles(): readonly Uint8Array[] {
  const written = (delimiter: string, newline: string, decimal: string) => {
    const rows = Array.from({ length: 30 }, (_, at) => [
      `${at * 41}${decimal}5`,
      at % 7 === 0 ? "NA" : `${at}`,
      `${1 + (at % 28)}.2.2024`,
      at % 3 === 0 ? '"two\nlines"' : `"re""d"`,
      at % 2 === 0 ? "n" : "yes",
    ]);
    const header = ["größe", "debt", "day", "colour", "class"];
    return [header, ...rows].map((row) => row.join(delimiter) + newline).join("");
  };
  const plain = [
    written(",", "\n", "."),
    written(";", "\r\n", ","),
    written("\t", "\n", "."),
    written("|", "\r", "."),
  ];
  const utf16 = plain.map((text) => Buffer.from(`\ufeff${text}`, "utf16le"));
  return [
    ...plain.map((text) => Buffer.from(text)),
    ...plain.map((text) => Buffer.from(text, "latin1")),
    ...utf16,
  ];
}

/** Throws where rows do not fit together, or an input is no number. */
export async function readDamagedTable(bytes: Uint8Array): Promise<string> {
  const reading = await readTable({ rules, chunks: piecesOf(bytes) });
  if (reading.outcome !== "read") return reading.outcome;
  const { dataset, rejections } = reading;
  if (dataset.rows.length !== dataset.count * dataset.features)
    throw new Error(`got ${dataset.rows.length} inputs`);
  if (!dataset.rows.every(Number.isFinite)) throw new Error("got an input that is no finite number");
  if (dataset.kind !== "rows" || dataset.labels.length !== dataset.count)
    throw new Error("got other labels than rows");
  return rejections.count === 0 ? "read" : "read-in-part";
}

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}
