import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDay } from "./days.ts";
import { decimalEvidence, parseNumber } from "./numbers.ts";

test("[F12] numbers are read in the forms that people and programs write, and in no other", () => {
  const point: readonly (readonly [string, number | string])[] = [
    ["12", 12],
    ["-3.5", -3.5],
    ["+4", 4],
    ["\u22124", -4],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["-2.5E-1", -0.25],
    ["1,234", 1234],
    ["1,234,567.5", 1234567.5],
    ["1 234.5", 1234.5],
    ["1\u00a0234", 1234],
    ["1\u202f234\u202f567", 1234567],
    ["1'234", 1234],
    ["007", 7],
    ["1,23", "other-decimals"],
    ["1.234,5", "other-decimals"],
    ["0,123", "other-decimals"],
    ["12,34,567", "not-a-number"],
    ["1 23", "not-a-number"],
    ["1 234,567", "other-decimals"],
    ["- 4", "not-a-number"],
    ["4-", "not-a-number"],
    ["(4)", "not-a-number"],
    ["--4", "not-a-number"],
    ["1e", "not-a-number"],
    ["e5", "not-a-number"],
    [".", "not-a-number"],
    ["1.2.3", "not-a-number"],
    ["0x1F", "not-a-number"],
    ["1_000", "not-a-number"],
    ["5 kg", "not-a-number"],
    ["€5", "not-a-number"],
    ["\uff11", "not-a-number"],
    ["5 %", "percent"],
    ["5%", "percent"],
    ["7‰", "percent"],
    ["Infinity", "not-finite"],
    ["-inf", "not-finite"],
    ["NaN", "not-finite"],
    ["1e999", "not-finite"],
  ];
  for (const [text, value] of point) expect([text, parseNumber(text, ".")]).toEqual([text, value]);
  const comma: readonly (readonly [string, number | string])[] = [
    ["12,5", 12.5],
    ["1.234", 1234],
    ["1.234.567,25", 1234567.25],
    ["1 234,5", 1234.5],
    [",5", 0.5],
    ["1,5e2", 150],
    ["1.5", "other-decimals"],
    ["1,234,567", "other-decimals"],
  ];
  for (const [text, value] of comma) expect([text, parseNumber(text, ",")]).toEqual([text, value]);
});

test("[F12] every finite number comes back as it was written", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = String(value);
      expect(parseNumber(text, ".")).toBe(Number(text));
      expect(parseNumber(text.replace(".", ","), ",")).toBe(Number(text));
    }),
  );
});

test("[F4] a text tells its sign of decimals where only one of the two fits", () => {
  const evidence = {
    "1,5": ",",
    "1.5": ".",
    "1,234": "ambiguous",
    "1.234": "ambiguous",
    "12,345e2": "ambiguous",
  };
  for (const [text, sign] of Object.entries(evidence)) expect(decimalEvidence(text)).toBe(sign);
  const certain = {
    "0,123": ",",
    "1234,567": ",",
    "1.234.567": ",",
    "1,234,567": ".",
    "1 234.567": ".",
    "-1.234,5": ",",
  };
  for (const [text, sign] of Object.entries(certain)) expect(decimalEvidence(text)).toBe(sign);
  for (const text of ["12", "1 234", "x,y", "1.2.3", ""]) expect(decimalEvidence(text)).toBe("none");
});

test("[F13] a day is read by the task's order and the calendar", () => {
  const days: readonly (readonly [string, Parameters<typeof parseDay>[1], number | string])[] = [
    ["1970-01-01", "year-month-day", 0],
    ["1969-12-31", "year-month-day", -1],
    ["2000-02-29", "year-month-day", 11016],
    ["2024/2/29 00:00:00", "year-month-day", 19782],
    ["2024-02-29T00:00:00.000Z", "year-month-day", 19782],
    ["29.02.2024", "day-month-year", 19782],
    ["02/29/2024", "month-day-year", 19782],
    ["29.02.2023", "day-month-year", "no-such-day"],
    ["30.02.2024", "day-month-year", "no-such-day"],
    ["29.02.1900", "day-month-year", "no-such-day"],
    ["31.04.2024", "day-month-year", "no-such-day"],
    ["13/13/2024", "month-day-year", "no-such-day"],
    ["0.1.2024", "day-month-year", "no-such-day"],
    ["01.02.24", "day-month-year", "two-digit-year"],
    ["24-02-01", "year-month-day", "two-digit-year"],
    ["2024-02-01", "day-month-year", "not-a-date"],
    ["01-02/2024", "day-month-year", "not-a-date"],
    ["2024-02-01 12:30", "year-month-day", "not-a-date"],
    ["20240201", "year-month-day", "not-a-date"],
    ["yesterday", "year-month-day", "not-a-date"],
  ];
  for (const [text, order, day] of days) expect([text, parseDay(text, order)]).toEqual([text, day]);
});

test("[F13] days are the calendar's, one after the other", () => {
  for (let day = -200_000; day <= 200_000; day += 37) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    expect(parseDay(text, "year-month-day")).toBe(day);
  }
});
