/** Days of the calendar as text, and as days since 1970-01-01. */
import type { DateColumn } from "@tributary/protocol";

/** In which order the parts of a day are written. */
export type DateOrder = DateColumn["order"];
/** Why a text is no day. */
export type DayFault = "not-a-date" | "two-digit-year" | "no-such-day";

/** A day may be followed by midnight, as databases write it. */
const written = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/;
const places = {
  "year-month-day": [0, 1, 2],
  "day-month-year": [2, 1, 0],
  "month-day-year": [2, 0, 1],
} as const;

/** Days since 1970-01-01 in the Gregorian calendar, or why `text`, without space at its ends, is none. */
export function parseDay(text: string, order: DateOrder): number | DayFault {
  const found = written.exec(text);
  if (found === null) return "not-a-date";
  const parts = [found[1] ?? "", found[3] ?? "", found[4] ?? ""];
  const [year = "", month = "", day = ""] = places[order].map((place) => parts[place]);
  if (day.length > 2 || month.length > 2) return "not-a-date";
  if (year.length < 4) return year.length === 2 ? "two-digit-year" : "not-a-date";
  return dayNumber(Number(year), Number(month), Number(day)) ?? "no-such-day";
}

function dayNumber(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  // Years begin in March, so that the leap day is the last one (H. Hinnant, "days_from_civil").
  const shifted = month > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysIn(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
