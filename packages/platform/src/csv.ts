/** Tables as CSV (RFC 4180: CRLF, quotes doubled) and as JSON lines. The columns are given, and so is their order. */
/** What a cell holds. */
export type Cell = string | number | null;
/** Rows with the columns that are written, in their order. */
export type Table<Column extends string> = {
  readonly columns: readonly Column[];
  readonly rows: readonly Readonly<Record<Column, Cell>>[];
};

/** A header line and one line per row. Text that a spreadsheet would run as a formula gets an apostrophe in front. */
export function formatCsv<Column extends string>({ columns, rows }: Table<Column>): string {
  const lines = [
    columns.join(","),
    ...rows.map((row) => columns.map((name) => csvCell(row[name])).join(",")),
  ];
  return `${lines.join("\r\n")}\r\n`;
}

/** One JSON object per line, keys in column order. */
export function formatJsonLines<Column extends string>({ columns, rows }: Table<Column>): string {
  return rows
    .map((row) => `${JSON.stringify(Object.fromEntries(columns.map((name) => [name, row[name]])))}\n`)
    .join("");
}

/** null is an empty cell. */
function csvCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
