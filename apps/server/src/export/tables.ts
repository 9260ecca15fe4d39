/** The exported tables. Their column names are a promise to notebooks: columns are added at the end, never renamed. */

import type { Table } from "@tributary/platform";
import { RoundRow } from "@tributary/protocol";
import type { ParticipationRow } from "@tributary/storage";

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
