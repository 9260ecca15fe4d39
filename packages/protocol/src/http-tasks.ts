/** Bodies and answers of the operator's routes about tasks. All need a login. */
import { type Static, Type } from "typebox";
import { exact, Instant } from "./schema-parts.ts";
import { Task, TaskDefinition } from "./task/task.ts";
import { TaskId, TaskVersion } from "./task/texts.ts";

/** Names one version of a task. */
export const TaskReference = exact({ id: TaskId, version: TaskVersion });
export type TaskReference = Static<typeof TaskReference>;

/** One line of the list of tasks: the newest version. */
export const TaskSummary = exact({
  id: TaskId,
  version: TaskVersion,
  kind: Type.Union([
    Type.Literal("image-classification"),
    Type.Literal("table-classification"),
    Type.Literal("table-regression"),
  ]),
  title: Type.String(),
  createdAt: Instant,
});
export type TaskSummary = Static<typeof TaskSummary>;
/** Every task by its newest version, in order of their ids. */
export const TaskList = Type.Array(TaskSummary);
export type TaskList = Static<typeof TaskList>;

/** One version of a task as it is stored. */
export const StoredTaskView = exact({ task: Task, createdAt: Instant });
export type StoredTaskView = Static<typeof StoredTaskView>;
/** Every version of one task, newest first. */
export const TaskVersions = Type.Array(StoredTaskView);
export type TaskVersions = Static<typeof TaskVersions>;

/** A task to keep. What its newest version says already becomes no version of its own. */
export const AddTaskBody = TaskDefinition;
export type AddTaskBody = Static<typeof AddTaskBody>;
