/** What the cells of one column are, found from a sample: numbers, days, a few texts, or any text. */
import { type DateOrder, parseDay } from "./days.ts";
import { type DecimalSign, parseNumber } from "./numbers.ts";

/** Figures of numbers, or of days since 1970-01-01. `std` is the deviation of all of them, not of a sample. */
export type ValueFigures = {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly std: number;
};

/** A column of a sample. */
export type ColumnFigures = {
  readonly name: string;
  /** Rows with a value in this column, and rows without. */
  readonly present: number;
  readonly missing: number;
  /** The different texts, the most frequent first; null: more than 256 of them. */
  readonly texts: readonly { readonly text: string; readonly count: number }[] | null;
  readonly content:
    | ({ readonly type: "number" } & ValueFigures)
    /** Several orders: the sample does not tell which is meant; the figures are those of the first. */
    | ({ readonly type: "date"; readonly orders: readonly DateOrder[] } & ValueFigures)
    | { readonly type: "category" }
    /** Too many different texts for a category, or none at all. */
    | { readonly type: "text" };
};

const MOST_TEXTS = 256;
const MOST_CATEGORIES = 64;
const MOST_CATEGORY_LENGTH = 64;
const orders: readonly DateOrder[] = ["year-month-day", "day-month-year", "month-day-year"];

/** Texts that mean "no value" wherever they stand alone in a cell, and those that do so among numbers only. */
const missingAnywhere = new Set(["", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null"]);
const missingAmongNumbers = new Set([...missingAnywhere, "-", "--", "?", ".", "None", "none"]);

/** The figures of one column's cells, without space at their ends. */
export function columnFigures(name: string, cells: readonly string[], decimal: DecimalSign): ColumnFigures {
  const values = cells.filter((cell) => !missingAmongNumbers.has(cell));
  const content = valuesOf(values, decimal);
  const present = content === null ? cells.filter((cell) => !missingAnywhere.has(cell)) : values;
  const texts = textsOf(present);
  return {
    name,
    present: present.length,
    missing: cells.length - present.length,
    texts,
    content: content ?? { type: isCategory(texts, present.length) ? "category" : "text" },
  };
}

/** Texts of the sample that stand for no value, without the empty one. */
export function missingTextsOf({ content }: ColumnFigures, cells: readonly string[]): readonly string[] {
  const known = content.type === "number" || content.type === "date" ? missingAmongNumbers : missingAnywhere;
  return [...new Set(cells.filter((cell) => cell !== "" && known.has(cell)))];
}

/** Whether every cell is a number with one sign of decimals or the other. */
export function mayBeNumbers(cells: readonly string[]): boolean {
  const values = cells.filter((cell) => !missingAmongNumbers.has(cell));
  const are = (decimal: DecimalSign) =>
    values.every((cell) => typeof parseNumber(cell, decimal) === "number");
  return values.length > 0 && (are(".") || are(","));
}

function valuesOf(cells: readonly string[], decimal: DecimalSign): ColumnFigures["content"] | null {
  if (cells.length === 0) return null;
  const numbers = allNumbers(cells, (cell) => parseNumber(cell, decimal));
  if (numbers !== null) return { type: "number", ...figuresOf(numbers) };
  const fitting = orders.flatMap((order) => {
    const days = allNumbers(cells, (cell) => parseDay(cell, order));
    return days === null ? [] : [{ order, days }];
  });
  const [first] = fitting;
  if (first === undefined) return null;
  return { type: "date", orders: fitting.map(({ order }) => order), ...figuresOf(first.days) };
}

/** null where one of the cells is no number. */
function allNumbers(
  cells: readonly string[],
  parse: (cell: string) => number | string,
): readonly number[] | null {
  const numbers: number[] = [];
  for (const cell of cells) {
    const value = parse(cell);
    if (typeof value === "string") return null;
    numbers.push(value);
  }
  return numbers;
}

/** In two passes, so that a large mean costs no digits. */
function figuresOf(values: readonly number[]): ValueFigures {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  return { least, most, mean, std: Math.sqrt(variance) };
}

function textsOf(cells: readonly string[]): ColumnFigures["texts"] {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell.normalize("NFC"), (counts.get(cell.normalize("NFC")) ?? 0) + 1);
  if (counts.size > MOST_TEXTS) return null;
  const texts = [...counts].map(([text, count]) => ({ text, count }));
  return texts.sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
}

function isCategory(texts: ColumnFigures["texts"], rows: number): boolean {
  if (texts === null || texts.length === 0 || texts.length > MOST_CATEGORIES) return false;
  const isShort = texts.every(({ text }) => text.length <= MOST_CATEGORY_LENGTH);
  return isShort && (texts.length <= 2 || texts.length * 2 <= rows);
}
