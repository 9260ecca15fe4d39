import type { Task } from "@tributary/protocol";

/** What kind of task it is, in a few words. */
export const taskKindWords: Readonly<Record<Task["kind"], string>> = {
  "image-classification": "pictures into classes",
  "table-classification": "rows into classes",
  "table-regression": "a number for a row",
};
