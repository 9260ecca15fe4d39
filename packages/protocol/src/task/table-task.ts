/** Tasks on rows of a table: a class or a number for each row. Schema first, type derived. */
import { type Static, Type } from "typebox";
import { exact } from "../schema-parts.ts";
import { Column, ColumnName, Scale, ValueRange } from "./columns.ts";
import { TableNetwork } from "./networks.ts";
import {
  ClassificationHeadline,
  ClassName,
  HoldOutShare,
  RegressionHeadline,
  TaskId,
  TaskTexts,
} from "./texts.ts";

/** Texts that mean "no value", after spaces at both ends are cut. An empty cell always does. */
const MissingTexts = Type.Array(Type.String({ minLength: 1, maxLength: 32 }), { maxItems: 16 });

const tableFields = {
  id: TaskId,
  texts: TaskTexts,
  /** In the order of the network's inputs. */
  columns: Type.Array(Column, { minItems: 1, maxItems: 512 }),
  missingTexts: MissingTexts,
  network: TableNetwork,
};

/** The column that holds a row's class, and the texts that stand for each class; the first class is label 0. */
export const ClassTarget = exact({
  column: ColumnName,
  classes: Type.Array(
    exact({
      name: ClassName,
      /** What a file may hold for this class; empty: the class's name. */
      values: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { maxItems: 64 }),
    }),
    { minItems: 2, maxItems: 256 },
  ),
});
export type ClassTarget = Static<typeof ClassTarget>;

/** The column that holds the number to predict. */
export const NumberTarget = exact({
  column: ColumnName,
  unit: Type.String({ maxLength: 32 }),
  range: ValueRange,
  scale: Scale,
});
export type NumberTarget = Static<typeof NumberTarget>;

/** The fields of a classification of rows. */
export const tableClassificationFields = {
  kind: Type.Literal("table-classification"),
  ...tableFields,
  target: ClassTarget,
  evaluation: exact({ holdOut: HoldOutShare, headline: ClassificationHeadline }),
};
/** The fields of a regression on rows. */
export const tableRegressionFields = {
  kind: Type.Literal("table-regression"),
  ...tableFields,
  target: NumberTarget,
  evaluation: exact({ holdOut: HoldOutShare, headline: RegressionHeadline }),
};

/** A task that sorts rows into classes. */
export const TableClassificationDefinition = exact(tableClassificationFields);
export type TableClassificationDefinition = Static<typeof TableClassificationDefinition>;

/** A task that predicts a number for a row. */
export const TableRegressionDefinition = exact(tableRegressionFields);
export type TableRegressionDefinition = Static<typeof TableRegressionDefinition>;
