/** The exported tables. Their column names are a promise to notebooks: columns are added at the end, never renamed. */
import { RoundRow } from "@tributary/protocol";
import type { ParticipationRow } from "../storage/storage.ts";
import type { Table } from "./csv.ts";

export const roundColumns = Object.keys(RoundRow.properties) as readonly (keyof RoundRow)[];

export const participationColumns = [
  "round",
  "volunteer",
  "outcome",
  "examples",
  "loss",
  "accuracy",
  "trainingMs",
  "updateHash",
  "reason",
  "bytesUp",
  "bytesDown",
] as const satisfies readonly (keyof ParticipationRow)[];

export function roundsTable(rows: readonly RoundRow[]): Table<keyof RoundRow> {
  return { columns: roundColumns, rows };
}

export function participationsTable(rows: readonly ParticipationRow[]): Table<keyof ParticipationRow> {
  return { columns: participationColumns, rows };
}
