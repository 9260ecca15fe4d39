/**
 * A task: what is learned, from what kind of data, and who asks for it and why. It travels as JSON and says all that
 * page, server and compute process need. Its versions are never changed, only added to.
 */
import { type Static, Type } from "typebox";
import { exact } from "../schema-parts.ts";
import { ImageTaskDefinition, imageTaskFields } from "./image-task.ts";
import {
  TableClassificationDefinition,
  TableRegressionDefinition,
  tableClassificationFields,
  tableRegressionFields,
} from "./table-task.ts";
import { TaskVersion } from "./texts.ts";

/** What a person writes and a file holds. */
export const TaskDefinition = Type.Union([
  ImageTaskDefinition,
  TableClassificationDefinition,
  TableRegressionDefinition,
]);
export type TaskDefinition = Static<typeof TaskDefinition>;

const version = { version: TaskVersion };
/** One version of an image classification. */
export const ImageTask = exact({ ...imageTaskFields, ...version });
export type ImageTask = Static<typeof ImageTask>;
const TableClassificationTask = exact({ ...tableClassificationFields, ...version });
const TableRegressionTask = exact({ ...tableRegressionFields, ...version });

/** A version of a task on rows of a table. */
export const TableTask = Type.Union([TableClassificationTask, TableRegressionTask]);
export type TableTask = Static<typeof TableTask>;

/** One version of a task. */
export const Task = Type.Union([ImageTask, TableClassificationTask, TableRegressionTask]);
export type Task = Static<typeof Task>;

/** What a version of a task says, without its number. */
export function definitionOf({ version: _, ...definition }: Task): TaskDefinition {
  return definition;
}
