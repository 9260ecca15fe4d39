import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCsv, formatJsonLines } from "./csv.ts";

/** RFC 4180, as a reader would do it. */
function parseCsv(text: string): string[][] {
  const cells = [...text.matchAll(/("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, cell = "", end] of cells) {
    rows.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

describe("formatCsv", () => {
  it("[X1] whatever text a cell holds, a reader gets it back, with an apostrophe before what a spreadsheet would run", () => {
    let formulas = 0;
    let quotes = 0;
    const cell = fc.oneof(
      fc.string(),
      fc.constantFrom("=1+1", "@cmd", "-2", 'say "hi", twice\r\n', "+", "\tx", "a,b"),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), (texts) => {
        const columns = texts.map((_, index) => `c${index}`);
        const row = Object.fromEntries(texts.map((text, index) => [`c${index}`, text]));
        const [header, read] = parseCsv(formatCsv({ columns, rows: [row] }));
        expect(header).toEqual(columns);
        expect(read).toEqual(texts.map((text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)));
        formulas += texts.filter((text) => /^[=+\-@\t\r]/.test(text)).length;
        quotes += texts.filter((text) => /[",\r\n]/.test(text)).length;
      }),
      { numRuns: 200 },
    );
    expect(formulas).toBeGreaterThan(20);
    expect(quotes).toBeGreaterThan(20);
  });

  it("[X1] numbers keep their sign and every digit, and null is an empty cell", () => {
    const table = { columns: ["a", "b", "c"], rows: [{ a: -0.1, b: null, c: 1e-7 }] } as const;
    expect(formatCsv(table)).toBe("a,b,c\r\n-0.1,,1e-7\r\n");
    expect(formatJsonLines(table)).toBe('{"a":-0.1,"b":null,"c":1e-7}\n');
  });
});
