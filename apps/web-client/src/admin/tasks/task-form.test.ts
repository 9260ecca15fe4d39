import { tableFigures } from "@tributary/datasets/tables";
import { fashionMnistTask, TaskDefinition } from "@tributary/protocol";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import { problemsByField } from "../field-problems.ts";
import { newTask } from "./new-task.ts";
import { filledForm, possibleTargets, type Sample, unusedColumns } from "./sample-columns.ts";
import {
  changedColumns,
  changedTaskForm,
  definitionOfForm,
  formOfDefinition,
  shownTaskFields,
  type TaskForm,
} from "./task-form.ts";

const { texts } = fashionMnistTask;
const { version: _, ...fashion } = fashionMnistTask;
const scale = { mean: 41.5, std: 12 };
const loans: TaskDefinition = {
  kind: "table-classification",
  ...{ id: "loans", texts, missingTexts: ["NA", "?"] },
  columns: [
    {
      type: "number",
      name: "age",
      unit: "years",
      range: [18, 120],
      transform: "log1p",
      missing: "mean",
      scale,
    },
    {
      type: "category",
      name: "sector",
      categories: ["private", "public, other"],
      other: true,
      missing: "other",
    },
    { type: "date", name: "since", order: "day-month-year", range: null, missing: "flag", scale: null },
  ],
  target: {
    column: "outcome",
    classes: [
      { name: "good", values: [] },
      { name: "bad", values: ["1", "yes, late"] },
    ],
  },
  network: { kind: "mlp", hidden: [64, 32] },
  evaluation: { holdOut: 0.2, headline: "auc" },
};
const prices: TaskDefinition = {
  ...{ id: "prices", texts, missingTexts: [], kind: "table-regression", columns: loans.columns },
  target: { column: "price", unit: "EUR", range: null, scale: { mean: 180_000, std: 80_000 } },
  network: { kind: "mlp", hidden: [] },
  evaluation: { holdOut: 0, headline: "r2" },
};
const colour: TaskDefinition = {
  ...fashion,
  image: [64, 48, 3],
  scale: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  network: { kind: "mlp", hidden: [16] },
};

function definitionOfIt(form: TaskForm): TaskDefinition {
  const outcome = definitionOfForm(form);
  if (outcome.outcome === "unreadable") throw new Error(JSON.stringify(outcome.problems));
  return outcome.definition;
}

describe("the form that makes a task", () => {
  test.each([loans, prices, colour, fashion])(
    "[E41] a task of every kind fills the form, and the form gives it back: $kind $id",
    (definition) => {
      const again = definitionOfIt(formOfDefinition(definition));
      expect(again).toEqual(definition);
      expect(Value.Check(TaskDefinition, again)).toBe(true);
    },
  );

  test("[E41] a new task needs its names and classes alone", () => {
    let form = formOfDefinition(newTask);
    for (const [path, value] of [
      ["id", "pets"],
      ["texts.title", "Pets"],
      ["texts.purpose", "Tells pets apart."],
      ["texts.asker", "A shelter"],
      ["classes", "Cat\n Dog \n\nOwl"],
      ["image.2", "3"],
    ] as const) {
      form = changedTaskForm(form, path, value);
    }
    const made = definitionOfIt(form);
    expect(made).toMatchObject({ image: [32, 32, 3], classes: ["Cat", "Dog", "Owl"] });
    expect(Value.Check(TaskDefinition, made)).toBe(true);
  });

  test("[E41] a column that is taken out leaves the others as they were", () => {
    const form = formOfDefinition(loans);
    const made = definitionOfIt(changedColumns(form, 0));
    expect("columns" in made && made.columns).toEqual(loans.columns.slice(1));
    const more = changedColumns(form, null);
    expect(more.columns).toBe(4);
    expect(shownTaskFields(more).some(({ path }) => path === "columns.3.scale.mean")).toBe(true);
  });

  test("[E41] a problem of the server's stands beside the field of the column that it names", () => {
    const form = formOfDefinition(loans);
    const problems = [
      { path: "/columns/1/categories/0", message: "is there twice" },
      { path: "/target/classes/1/name", message: "must differ" },
      { path: "/columns/0/range", message: "must rise" },
    ];
    expect(problemsByField(problems, shownTaskFields(form)).fields).toEqual({
      "columns.1.categories": ["is there twice"],
      "target.classes": ["must differ"],
      "columns.0.range.0": ["must rise"],
    });
    const typed = { ...form, values: { ...form.values, "columns.0.scale.mean": "about 40" } };
    expect(definitionOfForm(typed)).toEqual({
      outcome: "unreadable",
      problems: [{ path: "/columns/0/scale/mean", message: 'must be a number, got "about 40"' }],
    });
  });

  test("[E42] a sample fills the columns with types, categories and figures; a number or a class is predicted", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, at) => `${20 + at};${at % 2 ? "a" : "b"};${at % 4 ? "no" : "yes"};text ${at}`,
    );
    const sample = await sampleOf(["age;sector;bad;note", ...rows].join("\n"));
    const empty = changedTaskForm(
      formOfDefinition({ ...newTask, id: "x", texts }),
      "kind",
      "table-classification",
    );
    expect(possibleTargets(sample, "table-classification")).toContain("bad");
    expect(possibleTargets(sample, "table-regression")).toEqual(["age"]);
    expect(unusedColumns(sample, "bad")).toEqual(["note"]);
    const made = definitionOfIt(filledForm(empty, sample, "bad"));
    expect(made).toMatchObject({
      columns: [
        { type: "number", name: "age", scale: { mean: 39.5 } },
        { type: "category", name: "sector", categories: ["a", "b"] },
      ],
      target: { column: "bad", classes: [{ name: "no" }, { name: "yes" }] },
    });
    expect(Value.Check(TaskDefinition, made)).toBe(true);
    const numbers = changedTaskForm(empty, "kind", "table-regression");
    const priced = definitionOfIt(filledForm(numbers, sample, "age"));
    expect(priced).toMatchObject({
      target: { column: "age", scale: { mean: 39.5 } },
      evaluation: { headline: "rmse" },
    });
    expect(Value.Check(TaskDefinition, priced)).toBe(true);
  });
});

async function sampleOf(text: string): Promise<Sample> {
  async function* chunks() {
    yield new TextEncoder().encode(text);
  }
  const reading = await tableFigures({ chunks: chunks() });
  if (reading.outcome !== "read") throw new Error(JSON.stringify(reading));
  return reading;
}
