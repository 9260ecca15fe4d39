import { expect, test } from "vitest";
import { encoded, piecesOf } from "../../testing/tables.ts";
import { suggestedClassTarget, suggestedColumn, suggestedNumberTarget } from "./suggested-columns.ts";
import { type FiguresReading, tableFigures } from "./table-figures.ts";

const figuresOf = (file: string, decimal?: "." | ","): Promise<FiguresReading> =>
  tableFigures({
    chunks: piecesOf(encoded(file, "utf-8"), 1000),
    ...(decimal === undefined ? {} : { decimal }),
  });

async function columnsOf(file: string) {
  const figures = await figuresOf(file);
  if (figures.outcome !== "read") throw new Error(`expected figures, got ${JSON.stringify(figures)}`);
  return figures;
}

test("[F14] a sample suggests types, categories by frequency, missing texts, days and figures", async () => {
  const lines = Array.from({ length: 40 }, (_, at) =>
    [
      at,
      at % 4 === 0 ? "red" : "blue",
      `3${at % 2}.12.2020`,
      at === 7 ? "?" : at % 3,
      `note ${at}`,
      "ok",
    ].join(";"),
  );
  const { columns, missingTexts, rows, isWhole } = await columnsOf(
    `id;colour;day;gaps;text;same\n${lines.join("\n")}\nx;y\n`,
  );
  expect({ rows, isWhole, missingTexts }).toEqual({ rows: 40, isWhole: true, missingTexts: ["?"] });
  const [id, colour, day, gaps, text, same] = columns.map(suggestedColumn);
  expect(id).toMatchObject({
    type: "number",
    name: "id",
    missing: "refuse",
    scale: { mean: 19.5, std: 11.5434 },
  });
  expect(colour).toEqual({
    type: "category",
    name: "colour",
    categories: ["blue", "red"],
    other: true,
    missing: "other",
  });
  expect(day).toMatchObject({ type: "date", order: "day-month-year", scale: { mean: 18626.5, std: 0.5 } });
  expect(gaps).toMatchObject({ type: "number", missing: "flag" });
  expect(text).toBeNull();
  expect(same).toMatchObject({ type: "category", categories: ["ok"] });
  expect(columns[3]).toMatchObject({ present: 39, missing: 1, content: { least: 0, most: 2 } });
  const [, red, , classes] = columns;
  expect(red && suggestedClassTarget(red)?.classes.map(({ name }) => name)).toEqual(["blue", "red"]);
  expect(classes && suggestedClassTarget(classes)?.classes.map(({ name }) => name)).toEqual(["0", "1", "2"]);
  expect(columns.map(suggestedNumberTarget).map((target) => target?.column ?? null)).toEqual([
    "id",
    null,
    null,
    "gaps",
    null,
    null,
  ]);
});

test("[F14] a day that may be read in two orders, and a number that means two things, are not decided", async () => {
  const { columns } = await columnsOf("day,size\n1/2/2020,1\n3/4/2020,2\n");
  expect(columns[0]?.content).toMatchObject({ orders: ["day-month-year", "month-day-year"] });
  expect(await figuresOf('size,n\n"1,234",1\n')).toMatchObject({
    outcome: "asked",
    question: { kind: "decimal", examples: [{ line: 2, column: "size", text: "1,234" }] },
  });
  expect(await figuresOf('size,n\n"1,234",1\n', ".")).toMatchObject({
    columns: [{ content: { mean: 1234 } }, {}],
  });
  expect(await figuresOf("")).toMatchObject({ refusal: { reason: "empty-file" } });
  expect(await figuresOf("a,b\n")).toMatchObject({ refusal: { reason: "no-rows" } });
});

test("[F14] of a large file the first rows are looked at, and that is said", async () => {
  const { rows, isWhole, columns } = await columnsOf(`a,b\n${"1,2\n".repeat(150_000)}`);
  expect({ rows, isWhole, std: suggestedColumn(columns[0] as never) }).toMatchObject({
    rows: 20_000,
    isWhole: false,
    std: { scale: { mean: 1, std: 1 } },
  });
});
