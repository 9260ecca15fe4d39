/** Between the selects of a column mapping and the choices that the table reader takes. */
import type { ColumnChoices, MappedColumn, UndecidedColumn } from "@tributary/datasets/tables";

/** By the task's column: "is NAME" of the file, "none", or "" for not chosen yet. */
export type ColumnPicks = Readonly<Record<string, string>>;

/** The picks to begin with: what is decided stands, what is not is open. */
export function picksOf(options: {
  readonly header: readonly string[];
  readonly undecided: readonly UndecidedColumn[];
  readonly mapping: readonly MappedColumn[];
}): ColumnPicks {
  const { header, undecided, mapping } = options;
  return Object.fromEntries([
    ...mapping.map(({ column, at }) => [column, at === null ? "none" : `is ${header[at] ?? ""}`]),
    ...undecided.map(({ column }) => [column, ""]),
  ]);
}

/** The choices; an open pick chooses nothing. */
export function choicesOf(picks: ColumnPicks): ColumnChoices {
  const chosen = Object.entries(picks).filter(([, pick]) => pick !== "");
  return Object.fromEntries(
    chosen.map(([column, pick]) => [column, pick === "none" ? null : pick.slice("is ".length)]),
  );
}
