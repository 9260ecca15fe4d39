/** What a schema cannot say of a task: relations between its fields. */
import { parameterCount } from "@tributary/model";
import {
  type Column,
  classNameProblems,
  classNamesOf,
  featuresOf,
  type ImageTask,
  networkOf,
  type Problem,
  problemsBelow,
  type TableTask,
  type Task,
} from "@tributary/protocol";
import { type Check, failed } from "./failed-checks.ts";

/** Parameters of the largest network: 100 MB a snapshot, which a browser can download in a round and a row can hold. */
export const mostParameters = 25_000_000;
/** Inputs of a table's network. Each category is one, so this bounds a task's size on its way to every volunteer too. */
const mostInputs = 4096;

/** Every problem of a task, with paths from the task's root; none when a run can train it. */
export function checkTask(task: Task): readonly Problem[] {
  return [
    ...textsProblems(task),
    ...(task.kind === "image-classification" ? imageProblems(task) : tableProblems(task)),
    ...sizeProblems(task),
  ];
}

/** The problem of a text that PostgreSQL cannot store: one with a NUL or half of a surrogate pair. */
export function textProblems(path: string, text: string): readonly Problem[] {
  if (!/[\0\p{Surrogate}]/u.test(text)) return [];
  return [{ path, message: `must hold only characters that can be stored, got ${JSON.stringify(text)}` }];
}

/** Every text of a task, wherever it stands. */
function textsProblems(value: unknown, path = ""): readonly Problem[] {
  if (typeof value === "string") return textProblems(path, value);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsProblems(inner, `${path}/${key}`));
}

function imageProblems({ image, scale, picture, classes, network }: ImageTask): readonly Problem[] {
  const channels = image[2];
  const weights = picture.grey.reduce((sum, weight) => sum + weight, 0);
  return [
    ...nameProblems("/classes", classes),
    ...failed([
      ...[scale.mean, scale.std].map((values, at): Check => {
        const path = `/scale/${at === 0 ? "mean" : "std"}`;
        return [
          values.length === channels,
          path,
          `must have ${channels} values, one per channel, got ${values.length}`,
        ];
      }),
      [Math.abs(weights - 1) < 1e-6, "/picture/grey", `must sum to 1, got ${weights}`],
    ]),
    ...(network.kind === "convnet" ? depthProblems(image, network.depth) : []),
  ];
}

/** Each block halves the side; the first block of a one-channel image pads 3, which adds 4 to it. */
function depthProblems([height, width, channels]: ImageTask["image"], depth: number): readonly Problem[] {
  const side = Math.min(height, width) + (channels === 1 ? 4 : 0);
  const most = Math.floor(Math.log2(side));
  const message = `must be at most ${most} for a ${height}x${width} image, got ${depth}`;
  return failed([[depth <= most, "/network/depth", message]]);
}

function tableProblems(task: TableTask): readonly Problem[] {
  const inputs = featuresOf(task);
  const names = [...task.columns.map(({ name }) => name), task.target.column];
  return [
    ...nameProblems("/columns", names),
    ...task.columns.flatMap((column, at) => columnProblems(column, `/columns/${at}`)),
    ...targetProblems(task),
    ...failed([
      [
        inputs <= mostInputs,
        "/columns",
        `must make at most ${mostInputs} inputs, one for each category among them, got ${inputs}`,
      ],
    ]),
  ];
}

function columnProblems(column: Column, path: string): readonly Problem[] {
  if (column.type === "category") return nameProblems(`${path}/categories`, column.categories);
  return rangeProblems(column, path);
}

function rangeProblems(
  { range, scale }: { readonly range: readonly [number, number] | null; readonly scale: unknown },
  path: string,
): readonly Problem[] {
  return failed([
    [
      range === null || range[0] < range[1],
      `${path}/range`,
      `must go from a smaller to a larger value, got ${range?.join(" to ")}`,
    ],
    [
      scale !== null || range !== null,
      `${path}/range`,
      "must be given where the scale comes from the volunteers, got null: values outside are clipped",
    ],
  ]);
}

function targetProblems(task: TableTask): readonly Problem[] {
  if (task.kind === "table-regression") return rangeProblems(task.target, "/target");
  const { classes } = task.target;
  const texts = classes.flatMap(({ name, values }) => (values.length > 0 ? values : [name]));
  return [
    ...nameProblems("/target/classes", classNamesOf({ task })),
    ...nameProblems("/target/classes", texts),
  ];
}

/** The problems of names that a reader of files could not tell apart, with paths below `path`. */
function nameProblems(path: string, names: readonly string[]): readonly Problem[] {
  return problemsBelow(path, classNameProblems(names));
}

function sizeProblems(task: Task): readonly Problem[] {
  try {
    const parameters = parameterCount(networkOf({ task }));
    const message = `must have at most ${mostParameters} parameters, got ${parameters}`;
    return failed([[parameters <= mostParameters, "/network", message]]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path: "/network", message: `cannot be built: ${reason}` }];
  }
}
