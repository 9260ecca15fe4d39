import fc from "fast-check";
import { expect, test } from "vitest";
import {
  categoryColumn,
  classRules,
  dateColumn,
  encoded,
  numberColumn,
  numberRules,
  piecesOf,
} from "../../testing/tables.ts";
import type { TableRules } from "./column-mapping.ts";
import { readTable, type TableRead, type TableReading } from "./read-table.ts";
import { describeRejection } from "./rejections.ts";
import type { TableChoices } from "./table-start.ts";
import { describeQuestion, describeRefusal } from "./table-words.ts";

type Options = { readonly choices?: TableChoices; readonly group?: string; readonly length?: number };

function reading(file: string | Uint8Array, rules: TableRules, options: Options = {}): Promise<TableReading> {
  const { length = 7, ...others } = options;
  const bytes = typeof file === "string" ? encoded(file, "utf-8") : file;
  return readTable({ rules, chunks: piecesOf(bytes, length), ...others });
}

async function read(file: string | Uint8Array, rules: TableRules, options?: Options): Promise<TableRead> {
  const result = await reading(file, rules, options);
  if (result.outcome !== "read") throw new Error(`expected rows, got ${JSON.stringify(result)}`);
  return result;
}

async function rejected(file: string | Uint8Array, rules: TableRules, options?: Options) {
  return (await read(file, rules, options)).rejections.first.map(describeRejection);
}

const sizes = classRules([numberColumn("size")]);

test("[F1] rows become inputs in the order of the task's columns, whatever the file's order", async () => {
  const rules = classRules([
    numberColumn("size", { scale: { mean: 10, std: 2 }, missing: "flag" }),
    categoryColumn("colour", ["red", "blue"], { other: true }),
    dateColumn("day", { missing: "mean" }),
  ]);
  const file = "class,day,note,colour,size\nyes,1970-01-03,x,blue,12\nno,NA,y,green,\n";
  const { dataset, file: about, rejections } = await read(file, rules);
  expect(dataset).toEqual({
    kind: "rows",
    features: 6,
    classes: 2,
    count: 2,
    rows: Float32Array.of(1, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1, 0),
    labels: Uint8Array.of(1, 0),
  });
  expect(rejections.count).toBe(0);
  expect(about).toMatchObject({ unused: ["note"], delimiter: ",", encoding: "utf-8" });
  expect(about.others).toEqual([{ column: "colour", count: 1, texts: ["green"] }]);
});

test("[F1] a regression's target is standardised, and a group comes with each row", async () => {
  const rules = numberRules([numberColumn("size", { transform: "log1p" })]);
  const { dataset, groups } = await read("site;size;price\nA;0;2,5\nB;3;-1\nA;1;0\n", rules, {
    group: "site",
  });
  expect(dataset).toMatchObject({ kind: "value-rows", count: 3, values: Float32Array.of(2.5, -1, 0) });
  expect(dataset.rows[1]).toBeCloseTo(Math.log(4), 6);
  expect(groups).toEqual(["A", "B", "A"]);
  expect(await reading("size;price\n1;2\n", rules, { group: "site" })).toMatchObject({
    refusal: { reason: "no-group-column", name: "site", header: ["size", "price"] },
  });
});

test("[F2] every row that is left out is named by line and column, with its value and what to do", async () => {
  const rules = classRules([
    numberColumn("size", { range: [0, 100] }),
    numberColumn("debt", { transform: "log1p", missing: "mean" }),
    categoryColumn("colour", ["red"]),
    dateColumn("day", { order: "day-month-year", missing: "mean" }),
  ]);
  const rows = [
    '1,2,"red",1.2.2024,yes',
    '"7\n8",2,red,1/2/2024,no',
    "101,2,red,1-2-2024,no",
    "1,-1,red,1.2.2024,no",
    "1,1,green,1.2.2024,no",
    "1,1,red,30.2.2024,no",
    "1,1,red,1.2.24,no",
    "1,1,red,2024-02-01,no",
    "1,1,red,,maybe",
    ",1,red,,no",
    "1,1,red,,",
    "1,1,red",
    '1,1,"red"s,,no',
    "12 %,1,red,,no",
    "Infinity,1,red,,no",
    "0x1F,1,red,,no",
    "5 kg,1,red,,no",
    `${"9".repeat(60)}x,1,red,,no`,
    ",,,,",
    "",
    '"2","3","red",1.2.2024,"no"',
  ];
  const { dataset, rejections, file } = await read(
    `size,debt,colour,day,class\r\n${rows.join("\r\n")}`,
    rules,
  );
  expect(dataset.count).toBe(2);
  expect(file.blankLines).toBe(2);
  expect(rejections.first.map(({ line, reason, column, value }) => [line, reason, column, value])).toEqual([
    [3, "not-a-number", "size", "7\n8"],
    [5, "outside-range", "size", "101"],
    [6, "negative-logarithm", "debt", "-1"],
    [7, "unknown-category", "colour", "green"],
    [8, "no-such-day", "day", "30.2.2024"],
    [9, "two-digit-year", "day", "1.2.24"],
    [10, "not-a-date", "day", "2024-02-01"],
    [11, "unknown-class", "class", "maybe"],
    [12, "missing", "size", ""],
    [13, "missing", "class", ""],
    [14, "cell-count", null, "3 cells instead of 5"],
    [15, "stray-quote", null, ""],
    [16, "percent", "size", "12 %"],
    [17, "not-finite", "size", "Infinity"],
    [18, "not-a-number", "size", "0x1F"],
    [19, "not-a-number", "size", "5 kg"],
    [20, "not-a-number", "size", `${"9".repeat(39)}…`],
  ]);
  expect(rejections.counts[0]).toEqual({ reason: "not-a-number", column: "size", count: 4 });
  expect(describeRejection(rejections.first[12] as never)).toBe(
    'line 16, column size: "12 %" is a percentage: write a number alone',
  );
});

test("[F2] more rows than can be listed are all counted", async () => {
  const { rejections } = await read(`size,class\n${"x,no\n".repeat(250)}1,no\n`, sizes, { length: 1000 });
  expect(rejections).toMatchObject({ count: 250, counts: [{ reason: "not-a-number", count: 250 }] });
  expect(rejections.first).toHaveLength(100);
});

test("[F3] a quote that is not closed or not doubled costs its own line only", async () => {
  expect(await rejected('size,class\n"1,no\n2,yes\n3,no\n', sizes)).toEqual([
    "line 2: a quoted cell does not end: close its quote",
  ]);
  const spanning = await read('size,class\n1,"a"b,no\n"2","yes"\n3,no\n', sizes);
  expect(spanning.dataset.count).toBe(2);
  expect(spanning.rejections.first).toMatchObject([{ line: 2, reason: "stray-quote" }]);
  const last = await read('size,class\n1,no\n2,"yes', sizes);
  expect(last.rejections.first).toMatchObject([{ line: 3, reason: "unclosed-quote" }]);
  const many = `size,class\n${'"1"x,no\n"2,yes\n'.repeat(400)}`;
  const result = await reading(many, sizes, { length: 100_000 });
  expect(result).toMatchObject({ outcome: "refused", refusal: { reason: "broken-quotes" } });
});

test("[F4] a number that means two things is asked about, and the file's other numbers or a person decide it", async () => {
  const rules = classRules([numberColumn("size"), numberColumn("weight")]);
  const valuesOf = async (rows: string, choices?: TableChoices) => [
    ...(await read(`size;weight;class\n${rows}`, rules, choices === undefined ? {} : { choices })).dataset
      .rows,
  ];
  const asked = await reading('size,weight,class\n"1,234",5,no\n7,"12,345",yes\n', rules);
  expect(asked).toMatchObject({
    outcome: "asked",
    question: {
      kind: "decimal",
      examples: [
        { line: 2, column: "size", text: "1,234" },
        { line: 3, column: "weight", text: "12,345" },
      ],
    },
  });
  expect(await valuesOf("1,234;5;no\n7;0,5;no\n")).toEqual([Math.fround(1.234), 5, 7, 0.5]);
  expect(await valuesOf("1,234;5;no\n7;0.5;no\n")).toEqual([1234, 5, 7, 0.5]);
  expect(await valuesOf("1.234,5;1.000;no\n")).toEqual([1234.5, 1000]);
  expect(await valuesOf("1,234.5;1,000;no\n")).toEqual([1234.5, 1000]);
  expect(await valuesOf("1,234;5;no\n", { decimal: "." })).toEqual([1234, 5]);
  expect(await valuesOf("1,234;5;no\n", { decimal: "," })).toEqual([Math.fround(1.234), 5]);
  expect((await reading("size;weight;class\n1.234;5;no\n", rules)).outcome).toBe("asked");
  expect((await read("size,weight,class\n1.234,5,no\n", rules)).dataset.rows[0]).toBe(Math.fround(1.234));
  expect(await rejected("size;weight;class\n0,5;1;no\n0.5;1;no\n", rules)).toEqual([
    'line 3, column size: "0.5" has another sign for decimals than the rest of the file: write all numbers alike',
  ]);
  if (asked.outcome !== "asked") throw new Error("expected a question");
  expect(describeQuestion(asked.question)).toContain("1,234 (line 2, size), 12,345 (line 3, weight)");
});

test("[F5] a column of the task that the file does not name is asked about, and a choice decides", async () => {
  const rules = classRules([numberColumn("Body weight"), numberColumn("height", { missing: "mean" })]);
  expect((await read("body_weight,HEIGHT,class\n1,2,no\n", rules)).dataset.rows).toEqual(
    Float32Array.of(1, 2),
  );
  const file = "weight,length,class\n70,180,no\n";
  const asked = await reading(file, rules);
  expect(asked).toMatchObject({
    outcome: "asked",
    header: ["weight", "length", "class"],
    question: {
      kind: "columns",
      undecided: [
        { column: "Body weight", suggestions: ["weight"] },
        { column: "height", suggestions: [] },
      ],
      unused: ["weight", "length"],
    },
  });
  const columns = { "Body weight": "weight", height: "length" };
  expect((await read(file, rules, { choices: { columns } })).dataset.rows).toEqual(Float32Array.of(70, 180));
  const without = { "Body weight": "weight", height: null };
  expect((await read(file, rules, { choices: { columns: without } })).dataset.rows).toEqual(
    Float32Array.of(70, 0),
  );
  expect((await reading("size,Size,class,class\n1,1,no,no\n", sizes)).outcome).toBe("refused");
});

test("[F6] delimiter and encoding are found out and said", async () => {
  const rules = classRules([categoryColumn("straße", ["Hügel", "Tal"])]);
  for (const delimiter of [",", ";", "\t", "|"]) {
    const text = `straße${delimiter}class\nHügel${delimiter}no\n`;
    for (const encoding of ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const) {
      for (const mark of encoding === "windows-1252" ? [""] : ["", "\ufeff"]) {
        const { dataset, file } = await read(encoded(mark + text, encoding), rules, { length: 3 });
        expect(file).toMatchObject({ delimiter, encoding });
        expect(dataset.rows).toEqual(Float32Array.of(1, 0));
      }
    }
  }
  expect((await read("sep=|\nstraße|class\nTal|no,maybe\nTal|no", rules)).rejections.first).toMatchObject([
    { line: 3, reason: "unknown-class", value: "no,maybe" },
  ]);
  const mac = await read("straße;class\rTal;no\rHügel;yes\r", rules);
  expect(mac.dataset).toMatchObject({ labels: Uint8Array.of(0, 1) });
  const broken = Uint8Array.from([
    ...encoded("straße,class\nTal,no\nH", "utf-8"),
    0xfc,
    ...encoded("gel,no\n", "utf-8"),
  ]);
  expect((await read(broken, rules)).rejections.first).toMatchObject([{ line: 3, reason: "broken-text" }]);
});

test("[F7] a file that is no table is refused with what it is and what to do", async () => {
  const refusals = async (file: string | Uint8Array) => {
    const result = await reading(file, sizes);
    return result.outcome === "refused" ? describeRefusal(result.refusal) : result.outcome;
  };
  const latin = (text: string) => encoded(text, "windows-1252");
  expect(await refusals("")).toMatch(/empty/);
  expect(await refusals("\ufeff \n\n")).toMatch(/empty/);
  expect(await refusals("size,class\n")).toMatch(/no rows/);
  expect(await refusals("size,class\n\n\n")).toMatch(/no rows/);
  expect(await refusals("1,2\n3,4\n")).toMatch(/names of columns/);
  expect(await refusals("size,class,size\n1,no,2\n")).toMatch(/names "size" twice/);
  expect(await refusals(latin("PK\x03\x04......[Content_Types].xml"))).toMatch(
    /Excel workbook.*save the sheet as CSV/,
  );
  expect(await refusals(latin("PK\x03\x04......a.csv"))).toMatch(/ZIP archive.*unpack/);
  expect(await refusals(latin("\xd0\xcf\x11\xe0\xa1"))).toMatch(/old Excel/);
  expect(await refusals(latin("\x1f\x8b\x08"))).toMatch(/gzip/);
  expect(await refusals(latin("PAR1\x15\x04"))).toMatch(/Parquet/);
  expect(await refusals('\n[{"size": 1}]')).toMatch(/JSON/);
  expect(await refusals('{"size": [1]}')).toMatch(/JSON/);
  expect(await refusals("<!DOCTYPE html><html>")).toMatch(/web page/);
  expect(await refusals('<?xml version="1.0"?>')).toMatch(/XML/);
  expect(await refusals("size,class\n1\0,no\n")).toMatch(/no text/);
  expect(await refusals(`size,class\n${"x".repeat(500_000)}`)).toMatch(/line 2 does not end/);
});

test("[F8] reading reports, pauses, and ends when it is aborted", async () => {
  const row = "1,no\n";
  const bytes = encoded(`size,class\n${row.repeat(200_000)}`, "utf-8");
  const signal = { aborted: false };
  const seen: number[] = [];
  let pauses = 0;
  const options = {
    rules: sizes,
    chunks: piecesOf(bytes, bytes.length),
    signal,
    onProgress: (progress: { readonly bytes: number }) => seen.push(progress.bytes),
    pause: async () => {
      pauses++;
    },
  };
  const whole = await readTable(options);
  expect(whole).toMatchObject({ outcome: "read", dataset: { count: 200_000 } });
  expect(seen.at(-1)).toBe(bytes.length);
  expect(pauses).toBe(Math.ceil(bytes.length / 131_072));
  const stopped = await readTable({
    ...options,
    chunks: piecesOf(bytes, 100_000),
    onProgress: () => {
      signal.aborted = true;
    },
  });
  expect(stopped).toEqual({ outcome: "aborted" });
});

/** Writes a table plainly: every cell that needs it in quotes, and some that do not. */
function writeTable(
  rows: readonly (readonly string[])[],
  delimiter: string,
  newline: string,
  quoteAll: boolean,
) {
  const needsQuotes = (cell: string) =>
    quoteAll || cell.includes('"') || cell.includes(delimiter) || /[\r\n]/.test(cell);
  const write = (cell: string) => (needsQuotes(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return rows.map((row) => row.map(write).join(delimiter) + newline).join("");
}

test("[F9] rows come back as they were written, with any delimiter, quotes, line ends, encoding and pieces", async () => {
  const categories = ["plain", "a,b", "c;d", "e|f", "g\th", 'say "so"', "two\nlines", "ü"] as const;
  const rules = classRules([numberColumn("size"), categoryColumn("what, then", categories)]);
  let quoted = 0;
  let unusual = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.nat(7), fc.nat(1)), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.constantFrom(",", ";", "\t", "|"),
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.constantFrom("utf-8" as const, "utf-16le" as const, "utf-16be" as const, "windows-1252" as const),
      fc.integer({ min: 1, max: 50 }),
      fc.boolean(),
      async (rows, delimiter, newline, quoteAll, encoding, length, isComma) => {
        const cells = rows.map(([size, what, label]) => [
          isComma ? `${size},25` : `${size}.25`,
          categories[what] as string,
          label === 1 ? "yes" : "no",
        ]);
        const table = writeTable([["size", "what, then", "class"], ...cells], delimiter, newline, quoteAll);
        const mark = encoding.startsWith("utf-16") ? "\ufeff" : "";
        const { dataset, rejections } = await read(encoded(mark + table, encoding), rules, { length });
        expect(rejections.count).toBe(0);
        expect(dataset).toMatchObject({ labels: Uint8Array.from(rows.map(([, , label]) => label)) });
        const expected = rows.flatMap(([size, what]) => [
          Number(`${size}.25`),
          ...categories.map((_, at) => (at === what ? 1 : 0)),
        ]);
        expect(dataset.rows).toEqual(Float32Array.from(expected));
        if (table.includes('"')) quoted++;
        if (encoding !== "utf-8" || delimiter !== ",") unusual++;
      },
    ),
    { numRuns: 400, seed: 7 },
  );
  expect(quoted).toBeGreaterThan(250);
  expect(unusual).toBeGreaterThan(250);
});
