/**
 * Which column of a file is which column of a task. An exact name decides. A looser match (case, spaces, hyphens and
 * underscores) decides only where one column of each has it. Everything else is asked, and a person's choice decides.
 */
import {
  exactClassName,
  type TableClassificationDefinition,
  type TableRegressionDefinition,
} from "@tributary/protocol";
import { looseName } from "../folders/loose-name.ts";
import { createSuggester } from "../folders/suggest-labels.ts";

type Read = "kind" | "columns" | "target" | "missingTexts";
/** What a task says of its table. */
export type TableRules = Pick<TableClassificationDefinition, Read> | Pick<TableRegressionDefinition, Read>;

/** Names of a file's columns by the names of the task's columns. null: the file has no such column. */
export type ColumnChoices = Readonly<Record<string, string | null>>;

/** A column of the task, and where the file has it: `at` counts from 0. null: nowhere, every cell counts as empty. */
export type MappedColumn = { readonly column: string; readonly at: number | null };

/** A column of the task that no column of the file is for certain. `suggestions`: names in the file, the likeliest first. */
export type UndecidedColumn = { readonly column: string; readonly suggestions: readonly string[] };

/** The task's columns in order, then the target; whatever is in none of `mapping` and `undecided` does not exist. */
export type ColumnMapping = {
  readonly mapping: readonly MappedColumn[];
  readonly undecided: readonly UndecidedColumn[];
  /** Names of the file's columns that nothing reads. */
  readonly unused: readonly string[];
};

/** Names of columns that the file has twice, as compared. Such a file is refused. */
export function repeatedNames(header: readonly string[]): readonly string[] {
  const names = header.map(exactClassName).filter((name) => name !== "");
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}

/**
 * Maps the columns of `rules` to those of `header`, which must be free of `repeatedNames`. A choice that names no column of
 * the file, or a column that is taken twice, is asked again; so is "no such column" where an empty cell is refused.
 */
export function columnMapping(
  header: readonly string[],
  rules: TableRules,
  choices: ColumnChoices = {},
): ColumnMapping {
  const names = header.map(exactClassName);
  const wanted = [...rules.columns.map(({ name }) => name), rules.target.column];
  const match = matcher(names, wanted);
  const chosen = new Map(Object.entries(choices));
  const found = wanted.map((column) => {
    const choice = chosen.get(column);
    if (choice === null) return mayBeMissing(rules, column) ? null : undefined;
    const at = choice === undefined ? match(column) : names.indexOf(exactClassName(choice));
    return at < 0 ? undefined : at;
  });
  const isTaken = (at: number | null | undefined) => typeof at === "number" && countOf(found, at) > 1;
  const decided = found.map((at) => (isTaken(at) ? undefined : at));
  const unused = header.filter((name, at) => name.trim() !== "" && !decided.includes(at));
  const undecided = wanted.filter((_, index) => decided[index] === undefined);
  const suggest = createSuggester(undecided, unused);
  return {
    mapping: wanted.flatMap((column, index) => {
      const at = decided[index];
      return at === undefined ? [] : [{ column, at }];
    }),
    undecided: undecided.map((column) => ({
      column,
      suggestions: suggest(column).map((at) => unused[at] as string),
    })),
    unused,
  };
}

function mayBeMissing({ columns }: TableRules, name: string): boolean {
  return columns.some((column) => column.name === name && column.missing !== "refuse");
}

/** Finds the place of a wanted name in `names`; -1: no name is it for certain. */
function matcher(names: readonly string[], wanted: readonly string[]): (column: string) => number {
  const loose = names.map(looseName);
  const meant = wanted.map(looseName);
  return (column) => {
    const exact = names.indexOf(exactClassName(column));
    if (exact >= 0) return exact;
    const name = looseName(column);
    const isOnly = countOf(loose, name) === 1 && countOf(meant, name) === 1;
    return isOnly ? loose.indexOf(name) : -1;
  };
}

function countOf<T>(list: readonly T[], value: T): number {
  return list.reduce((count, one) => count + (one === value ? 1 : 0), 0);
}
