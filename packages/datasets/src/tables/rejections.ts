/** Rows that are left out: why, where, and how many. */
import type { DayFault } from "./days.ts";
import type { NumberFault } from "./numbers.ts";
import { ownText } from "./own-text.ts";

/** Why a row is left out. */
export type RejectReason =
  | NumberFault
  | DayFault
  | "cell-count"
  | "stray-quote"
  | "unclosed-quote"
  | "broken-text"
  | "missing"
  | "outside-range"
  | "negative-logarithm"
  | "unknown-category"
  | "unknown-class";

/** A row that is left out. `line` counts from 1. */
export type Rejection = {
  readonly line: number;
  readonly reason: RejectReason;
  /** The task's name of the column; null: the row as a whole. */
  readonly column: string | null;
  /** What the cell holds, cut to 40 characters; of a row as a whole, how many cells it has. */
  readonly value: string;
};

/** Rows left out for one reason in one column. */
export type RejectionCount = Pick<Rejection, "reason" | "column"> & { readonly count: number };

/** All rows that are left out: the first ones by themselves, all of them counted. */
export type Rejections = {
  readonly count: number;
  readonly first: readonly Rejection[];
  /** The most frequent first. */
  readonly counts: readonly RejectionCount[];
};

const MOST_LISTED = 100;
const MOST_VALUE_LENGTH = 40;

/** Counts rows that are left out. */
export function rejectionTally(): { add(rejection: Rejection): void; result(): Rejections } {
  const first: Rejection[] = [];
  const counts = new Map<string, { reason: RejectReason; column: string | null; count: number }>();
  let count = 0;
  return {
    add(rejection) {
      const { reason, column } = rejection;
      count++;
      if (first.length < MOST_LISTED) first.push(rejection);
      const key = `${reason} ${column}`;
      const counted = counts.get(key);
      if (counted === undefined) counts.set(key, { reason, column, count: 1 });
      else counted.count++;
    },
    result: () => ({
      count,
      first: [...first],
      counts: [...counts.values()].map((one) => ({ ...one })).sort((a, b) => b.count - a.count),
    }),
  };
}

/** A cell's text, short enough for a list. */
export function cutValue(text: string): string {
  return ownText(text.length <= MOST_VALUE_LENGTH ? text : `${text.slice(0, MOST_VALUE_LENGTH - 1)}…`);
}

/** "line 7, column income: "12 %" is a share in percent: write a number alone". */
export function describeRejection({ line, column, reason, value }: Rejection): string {
  const place = column === null ? `line ${line}` : `line ${line}, column ${column}`;
  return `${place}: ${rejectionWords({ reason, value })}`;
}

/** What is wrong with a row, and what to do about it. */
export function rejectionWords({ reason, value }: Pick<Rejection, "reason" | "value">): string {
  const quoted = JSON.stringify(value);
  switch (reason) {
    case "cell-count":
      return `the row has ${value}, unlike the first row: put cells that hold the delimiter in quotes`;
    case "stray-quote":
      return "a quote stands within a quoted cell: write it twice";
    case "unclosed-quote":
      return "a quoted cell does not end: close its quote";
    case "broken-text":
      return `${quoted} holds bytes that are no text: save the file as UTF-8`;
    case "missing":
      return "the cell is empty, and the task needs it: fill it in";
    case "not-a-number":
      return `${quoted} is no number: write digits alone, without unit or currency`;
    case "percent":
      return `${quoted} is a percentage: write a number alone`;
    case "not-finite":
      return `${quoted} is no finite number: leave the cell empty or write a number`;
    case "other-decimals":
      return `${quoted} has another sign for decimals than the rest of the file: write all numbers alike`;
    case "outside-range":
      return `${quoted} lies outside the range that the task allows: correct it`;
    case "negative-logarithm":
      return `${quoted} is below 0, where the task takes a logarithm: correct it`;
    case "unknown-category":
      return `${quoted} is none of the task's categories: correct it`;
    case "unknown-class":
      return `${quoted} is none of the task's classes: correct it`;
    case "not-a-date":
      return `${quoted} is no day as the task writes it: write year, month and day in the task's order`;
    case "two-digit-year":
      return `${quoted} has a year of two digits: write four`;
    case "no-such-day":
      return `${quoted} is a day that the calendar does not have: correct it`;
    default:
      return reason satisfies never;
  }
}
