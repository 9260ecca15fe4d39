import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { places } from "@tributary/platform";
import { beforeEach, expect, test } from "vitest";
import { capturedOutput } from "../../testing/captured-output.ts";
import { main } from "./inspect.ts";

const output = capturedOutput("inspect-");
beforeEach(async () => {
  await writeFile(join(output.folder, "task.json"), JSON.stringify(await smallTask()));
});

/** The letters' task with two columns and classes. */
async function smallTask() {
  const task = JSON.parse(await readFile(join(places.datasets, "letters/task.json"), "utf8"));
  const columns = task.columns.slice(0, 2);
  for (const [at, name] of ["size", "weight"].entries())
    Object.assign(columns[at], { name, scale: { mean: 1, std: 2 } });
  const classes = ["no", "yes"].map((name) => ({ name, values: [] }));
  return { ...task, columns, target: { column: "class", classes } };
}

async function inspect(csv: string, ...more: string[]): Promise<number> {
  await writeFile(join(output.folder, "rows.csv"), csv);
  return main([join(output.folder, "rows.csv"), "--task", join(output.folder, "task.json"), ...more]);
}

const csv = "Size;weight;class;note\n1,5;3;yes;x\n2;12 %;no;y\n\n2;3;maybe;\n";

test("[Q26] inspect counts the rows of each class, and names rows that are left out by line and column", async () => {
  expect(await inspect(csv)).toBe(1);
  expect(output.printed.join("\n").split("\n")).toEqual([
    '1 row, cells set apart by ";", utf-8, decimals after ","',
    "  no  no rows",
    "  yes  1",
    'column "size" is "Size"',
    "columns that nothing reads: note",
    "1 empty line",
    "left out, 1 row: percent in column weight",
    "left out, 1 row: unknown-class in column class",
    '  line 3, column weight: "12 %" is a percentage: write a number alone',
    '  line 5, column class: "maybe" is none of the task\'s classes: correct it',
  ]);
});

test("[Q26] with --json each row is a line, with the network's input", async () => {
  await inspect(csv, "--json");
  const [row, percent, unknown] = output.printed.map((line) => JSON.parse(line));
  expect(row).toMatchObject({ line: 2, outcome: "row", class: "yes" });
  const bytes = Buffer.from(row.input, "base64");
  expect([bytes.readFloatLE(0), bytes.readFloatLE(4), bytes.length]).toEqual([0.25, 1, 8]);
  expect(percent).toMatchObject({ line: 3, outcome: "left-out", reason: "percent", column: "weight" });
  expect(unknown).toMatchObject({ line: 5, outcome: "left-out", reason: "unknown-class" });
});

test("[Q26] what a file leaves open is asked, and the options answer", async () => {
  expect(await inspect('mass,class,size\n"1,234",no,1\n3,yes,2\n')).toBe(1);
  expect(output.printed.join()).toMatch(/does not name the task's columns "weight"/);
  expect(await inspect('mass,class,size\n"1,234",no,1\n3,yes,2\n', "--map", "weight=mass")).toBe(1);
  expect(output.printed.join()).toMatch(/decimal comma or groups of thousands: 1,234 \(line 2, weight\)/);
  output.printed = [];
  expect(
    await inspect('mass,class,size\n"1,234",no,1\n3,yes,2\n', "--map", "weight=mass", "--decimal", "."),
  ).toBe(0);
  expect(output.printed.join("\n")).toMatch(/column "weight" is "mass"/);
  expect(await inspect(csv, "--decimal", ";")).toBe(2);
  expect(await inspect(csv, "--map", "weight")).toBe(2);
  expect(output.complained.join("\n")).toMatch(/expected --map COLUMN=NAME, got "weight"/);
  expect(await inspect("PK\x03\x04")).toBe(1);
  expect(output.printed.at(-1)).toMatch(/ZIP archive/);
});
