import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { places } from "@tributary/platform";
import { featuresOf } from "@tributary/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { numberColumn } from "../../testing/tables.ts";
import { readTableFolder, readTableTask, type TableDefinition } from "./table-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "table-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, name), content);

const task: TableDefinition = {
  kind: "table-classification",
  id: "sizes",
  texts: { title: "Sizes", purpose: "A test", asker: "Nobody", contact: "", notFor: "", licence: "" },
  columns: [numberColumn("size")],
  missingTexts: [],
  network: { kind: "mlp", hidden: [4] },
  target: { column: "class", classes: ["a", "b", "c"].map((name) => ({ name, values: [] })) },
  evaluation: { holdOut: 0.2, headline: "accuracy" },
};

test("[F15] the tasks in the repository fit the schema, and every one of their rows is read", async () => {
  const expected = {
    "lending-club": { rows: [7886, 1971], group: "addr_state", groups: 50 },
    letters: { rows: [16_000, 4000], group: undefined, groups: null },
    "ames-housing": { rows: [2344, 586], group: "Neighborhood", groups: 28 },
  };
  for (const [id, { rows, group, groups }] of Object.entries(expected)) {
    const shipped = join(places.datasets, id);
    const definition = await readTableTask(shipped);
    expect(definition.id).toBe(id);
    const { train, test: tested, notes } = await readTableFolder(shipped, definition, group);
    expect(notes).toEqual([]);
    expect([train.dataset.count, tested.dataset.count]).toEqual(rows);
    const all = [...(train.groups ?? []), ...(tested.groups ?? [])];
    expect(train.groups === null ? null : new Set(all).size).toBe(groups);
    expect(train.dataset.features).toBe(featuresOf(definition));
    for (const value of meansOf(train.dataset.rows, train.dataset.features, definition)) {
      expect(Math.abs(value)).toBeLessThan(1e-4);
    }
  }
});

/** The mean of every standardised input. */
function meansOf(rows: Float32Array, features: number, { columns }: TableDefinition): readonly number[] {
  let input = 0;
  return columns.flatMap((column) => {
    const first = input;
    input += column.type === "category" ? column.categories.length + 1 : 1;
    if (column.type === "category") return [];
    let sum = 0;
    for (let at = first; at < rows.length; at += features) sum += rows[at] as number;
    return [sum / (rows.length / features)];
  });
}

test("[F16] a folder without test rows gives a seventh of each class to the test set, always the same rows", async () => {
  const lines = Array.from(
    { length: 71 },
    (_, at) => `${at},${at === 70 ? "c" : at % 10 === 0 ? "b" : "a"},s${at % 3}`,
  );
  await put("train.csv.gz", gzipSync(`size,class,site\n${lines.join("\n")}\n`));
  const { train, test: tested } = await readTableFolder(folder, task, "site");
  if (train.dataset.kind !== "rows" || tested.dataset.kind !== "rows") throw new Error("expected classes");
  const countOf = (labels: Uint8Array) =>
    [0, 1, 2].map((label) => labels.filter((one) => one === label).length);
  expect(countOf(train.dataset.labels)).toEqual([54, 6, 1]);
  expect(countOf(tested.dataset.labels)).toEqual([9, 1, 0]);
  const sizes = [...train.dataset.rows, ...tested.dataset.rows];
  expect(new Set(sizes).size).toBe(71);
  for (const part of [train, tested]) {
    expect(part.groups).toEqual([...part.dataset.rows].map((size) => `s${size % 3}`));
  }
  expect(await readTableFolder(folder, task, "site")).toEqual({ train, test: tested, notes: [] });
});

test("[F17] what is wrong with a folder of rows is said with the file, and rows that are left out are noted", async () => {
  const refusal = () => expect(readTableFolder(folder, task)).rejects;
  await refusal().toThrow(/expected train.csv or train.csv.gz/);
  await put("train.csv", "size,class\n1,a\n2,b\nx,b\ny,b\n5,a\n");
  await put("test.csv", "");
  await refusal().toThrow(/test.csv: the file is empty/);
  await put("test.csv", "weight,class\n1,a\n");
  await refusal().toThrow(/test.csv: .*columns "size"/);
  await put("test.csv", "size,class\nz,a\n");
  await refusal().toThrow(
    /test.csv: every row is left out; 1 row is left out, such as line 2, column size: "z"/,
  );
  await put("test.csv", "size,class\n1,a\n");
  const { notes, train } = await readTableFolder(folder, task);
  expect(train.dataset.count).toBe(3);
  expect(notes).toEqual([
    `${join(folder, "train.csv")}: 2 rows are left out, such as line 4, column size: "x" is no number: write digits alone, without unit or currency`,
  ]);
  await put("train.csv.gz", gzipSync("size,class\n1,a\n").subarray(0, 20));
  await rm(join(folder, "train.csv"));
  await refusal().toThrow(/train.csv.gz: unexpected end of file/);
  await put("task.json", JSON.stringify({ ...task, columns: [] }));
  await expect(readTableTask(folder)).rejects.toThrow(/task.json: .*columns/);
});
