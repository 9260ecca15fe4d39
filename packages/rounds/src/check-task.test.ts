import { type Column, fashionMnistTask, type Task } from "@tributary/protocol";
import { expect, test } from "vitest";
import { checkTask } from "./check-task.ts";

const age: Column = {
  ...{ type: "number", name: "age", unit: "years", range: [0, 120], transform: "none", missing: "flag" },
  scale: { mean: 40, std: 12 },
};
const town: Column = {
  ...{ type: "category", name: "town", categories: ["Ulm", "Kiel"], other: true, missing: "other" },
};
const clinics: Extract<Task, { kind: "table-classification" }> = {
  kind: "table-classification",
  id: "clinics",
  version: 1,
  texts: fashionMnistTask.texts,
  columns: [age, town],
  missingTexts: ["NA"],
  network: { kind: "mlp", hidden: [16] },
  target: {
    column: "outcome",
    classes: [
      { name: "well", values: ["0"] },
      { name: "ill", values: ["1"] },
    ],
  },
  evaluation: { holdOut: 0.2, headline: "auc" },
};

test("[H40] a task of pictures and a task of rows that hold together have no problems", () => {
  expect(checkTask(fashionMnistTask)).toEqual([]);
  expect(checkTask(clinics)).toEqual([]);
});

test.each([
  [
    "a scale for other channels",
    { ...fashionMnistTask, scale: { mean: [0, 0], std: [1] } },
    "/scale/mean",
    "got 2",
  ],
  [
    "grey weights that do not sum to 1",
    { ...fashionMnistTask, picture: { ...fashionMnistTask.picture, grey: [1, 1, 1] } },
    "/picture/grey",
    "got 3",
  ],
  ["two columns of one name", { ...clinics, columns: [age, age] }, "/columns/1", '"age"'],
  [
    "a target among the inputs",
    { ...clinics, target: { ...clinics.target, column: "town" } },
    "/columns/2",
    '"town"',
  ],
  [
    "a range that runs backwards",
    { ...clinics, columns: [{ ...age, range: [9, 1] }] },
    "/columns/0/range",
    "got 9 to 1",
  ],
  [
    "figures from the volunteers without a range",
    { ...clinics, columns: [{ ...age, range: null, scale: null }] },
    "/columns/0/range",
    "got null",
  ],
  [
    "one text for two classes",
    {
      ...clinics,
      target: {
        ...clinics.target,
        classes: [
          { name: "well", values: ["0"] },
          { name: "ill", values: ["0"] },
        ],
      },
    },
    "/target/classes/1",
    '"0"',
  ],
  [
    "two categories that read alike",
    { ...clinics, columns: [{ ...town, categories: ["Köln", "Ko\u0308ln"] }] },
    "/columns/0/categories/1",
    "which reads as",
  ],
  [
    "columns of too many inputs",
    {
      ...clinics,
      columns: Array.from({ length: 17 }, (_, at) => ({
        ...town,
        name: `town ${at}`,
        categories: Array.from({ length: 256 }, (__, category) => `${category}`),
      })),
    },
    "/columns",
    "got 4369",
  ],
  [
    "a text that no database can hold",
    { ...clinics, texts: { ...clinics.texts, title: "\0" } },
    "/texts/title",
    'got "\\u0000"',
  ],
] as const)("[H40] %s is a problem with its path and value", (_, task, path, quoted) => {
  const problems = checkTask(task as Task);
  expect(problems.map((problem) => problem.path)).toContain(path);
  expect(problems.map(({ message }) => message).join("\n")).toContain(quoted);
});
