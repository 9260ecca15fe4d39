/** Tables: from the bytes of a CSV file to rows that a network reads. Pure, the same in a page, on a server and in commands. */
export type { ByteSource, TableProgress } from "./byte-pieces.ts";
export type { ColumnFigures, ValueFigures } from "./column-figures.ts";
export {
  type ColumnChoices,
  type ColumnMapping,
  columnMapping,
  type MappedColumn,
  type TableRules,
  type UndecidedColumn,
} from "./column-mapping.ts";
export type { Delimiter } from "./csv-dialect.ts";
export { type ForeignFormat, foreignFormat } from "./foreign-formats.ts";
export type { DecimalSign } from "./numbers.ts";
export {
  type RowsReading,
  readRows,
  type TableFile,
  type TableOptions,
} from "./read-rows.ts";
export { readTable, type TableRead, type TableReading } from "./read-table.ts";
export {
  describeRejection,
  type Rejection,
  type RejectionCount,
  type Rejections,
  type RejectReason,
  rejectionTally,
  rejectionWords,
} from "./rejections.ts";
export type { OtherTexts, RowSink, TableRow } from "./row-parser.ts";
export { readableScale } from "./scales.ts";
export {
  addStatistics,
  columnStatistics,
  rescaled,
  scalesFromStatistics,
} from "./statistics.ts";
export { suggestedClassTarget, suggestedColumn, suggestedNumberTarget } from "./suggested-columns.ts";
export { type FiguresReading, tableFigures } from "./table-figures.ts";
export type { AmbiguousNumber, TableChoices, TableQuestion, TableRefusal } from "./table-start.ts";
export { describeQuestion, describeRefusal } from "./table-words.ts";
export type { TextEncoding } from "./text-of-bytes.ts";
