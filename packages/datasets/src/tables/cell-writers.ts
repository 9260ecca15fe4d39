/** From a cell's text to inputs of the network, one writer for each column of a task. */
import { type Column, exactClassName, inputsOf, type NumberTarget } from "@tributary/protocol";
import { parseDay } from "./days.ts";
import { type DecimalSign, parseNumber } from "./numbers.ts";
import type { RejectReason } from "./rejections.ts";
import { standardOf, transformed } from "./scales.ts";
import { createTextIndex } from "./text-index.ts";

/**
 * Writes the inputs of one cell at `at`; all of them are 0 before. `text` has no space at its ends. Gives the reason why the
 * row is left out, or null.
 */
export type CellWriter = (text: string, features: Float32Array, at: number) => RejectReason | null;

/** How cells of a file are read. */
export type CellRules = {
  /** Whether a text stands for no value. */
  readonly isMissing: (text: string) => boolean;
  readonly decimal: DecimalSign;
};

/** The writer of a column. `onOther` hears every text that counts as "other". */
export function createCellWriter(
  column: Column,
  rules: CellRules,
  onOther: (text: string) => void,
): CellWriter {
  switch (column.type) {
    case "number":
      return numberWriter(column, rules.isMissing, (text) => parseNumber(text, rules.decimal));
    case "date":
      return numberWriter(column, rules.isMissing, (text) => parseDay(text, column.order));
    case "category":
      return categoryWriter(column, rules.isMissing, onOther);
    default:
      return column satisfies never;
  }
}

/** A missing value is the mean, 0 once standardised; of a column that has no mean yet it is NaN until there is one. */
function numberWriter(
  column: Exclude<Column, { type: "category" }>,
  isMissing: (text: string) => boolean,
  parse: (text: string) => number | RejectReason,
): CellWriter {
  const standardise = standardiser(column);
  const empty = column.scale === null ? Number.NaN : 0;
  return (text, features, at) => {
    if (isMissing(text)) {
      if (column.missing === "refuse") return "missing";
      features[at] = empty;
      if (column.missing === "flag") features[at + 1] = 1;
      return null;
    }
    const value = parse(text);
    const standardised = typeof value === "number" ? standardise(value) : value;
    if (typeof standardised === "string") return standardised;
    features[at] = standardised;
    return null;
  };
}

/** Standardises the numbers of a column or a target, or says why a number is none of theirs. */
export function standardiser(
  column: Exclude<Column, { type: "category" }> | NumberTarget,
): (value: number) => number | RejectReason {
  const { mean, std } = standardOf(column);
  const [least, most] = column.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const isLogarithm = "transform" in column && column.transform === "log1p";
  return (value) => {
    if (value < least || value > most) return "outside-range";
    if (isLogarithm && value < 0) return "negative-logarithm";
    const standardised = (transformed(column, value) - mean) / std;
    return Number.isFinite(Math.fround(standardised)) ? standardised : "outside-range";
  };
}

function categoryWriter(
  column: Extract<Column, { type: "category" }>,
  isMissing: (text: string) => boolean,
  onOther: (text: string) => void,
): CellWriter {
  const indexOf = createTextIndex(column.categories.map((text, value) => ({ text, value })));
  const last = inputsOf(column) - 1;
  return (text, features, at) => {
    const isEmpty = isMissing(text);
    if (isEmpty && column.missing === "refuse") return "missing";
    const index = isEmpty ? null : indexOf(text);
    if (index === null && !isEmpty) {
      if (!column.other) return "unknown-category";
      onOther(text);
    }
    features[at + (index ?? last)] = 1;
    return null;
  };
}

/** Whether a text stands for no value: empty, or one of the task's texts in either Unicode form. */
export function missingTest(missingTexts: readonly string[]): (text: string) => boolean {
  const composed = missingTexts.map(exactClassName);
  // Both forms are kept, so that no cell has to be composed to be compared.
  const texts = new Set([...composed, ...composed.map((text) => text.normalize("NFD")), ""]);
  return (text) => texts.has(text);
}
