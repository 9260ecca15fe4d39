/**
 * ICC colour profiles of screens and cameras, to sRGB: a curve for each of red, green and blue, and a matrix to the
 * profile connection space (ICC.1:2022, annex F.3). Profiles that are tables instead are not read.
 */
import { latin1, u16be, u32be } from "./bytes.ts";
import type { ConvertRow } from "./opaque-row.ts";

/** `convert` is null where the colours stand as they are: sRGB itself, or a profile that is not read. */
export type ProfileReading = { readonly isRead: boolean; readonly convert: ConvertRow | null };

/** From the connection space (D50) to linear sRGB, by rows. */
const TO_SRGB = [
  3.1338561, -1.6168667, -0.4906146, -0.9787684, 1.9161415, 0.033454, 0.0719453, -0.2289914, 1.4052427,
];

/** Linear light is held in so many steps: a step is a fifth of a level where sRGB is steepest. */
const STEPS = 16_384;

/** Curves are rounded to this share, so that engines whose powers differ in the last bit give the same bytes. */
const GRAIN = 2 ** 24;

const IS_READ = { isRead: true, convert: null } as const;
const IS_NOT_READ = { isRead: false, convert: null } as const;

/** Reads a profile's bytes. Whatever they hold, it throws nothing. */
export function readProfile(profile: Uint8Array): ProfileReading {
  if (latin1(profile, 16, 4) === "GRAY") return IS_READ;
  if (latin1(profile, 16, 4) !== "RGB " || latin1(profile, 20, 4) !== "XYZ ") return IS_NOT_READ;
  const tags = readTags(profile);
  const curves = ["rTRC", "gTRC", "bTRC"].map((name) => linearCurve(tags.get(name)));
  const columns = ["rXYZ", "gXYZ", "bXYZ"].map((name) => xyz(tags.get(name)));
  if (tags.has("A2B0") || curves.includes(null) || columns.includes(null)) return IS_NOT_READ;
  const convert = converter(curves as Float64Array[], matrixToSrgb(columns as number[][]));
  return isUnchanged(convert) ? IS_READ : { isRead: true, convert };
}

const MOST_TAGS = 100;

function readTags(profile: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const tags = new Map<string, Uint8Array>();
  for (let tag = 0; tag < Math.min(u32be(profile, 128), MOST_TAGS); tag++) {
    const at = 132 + 12 * tag;
    const from = u32be(profile, at + 4);
    tags.set(latin1(profile, at, 4), profile.subarray(from, from + u32be(profile, at + 8)));
  }
  return tags;
}

function xyz(tag: Uint8Array | undefined): readonly number[] | null {
  if (tag === undefined || latin1(tag, 0, 4) !== "XYZ " || tag.length < 20) return null;
  return [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

/** A signed number of 16 bits before and 16 after the point. */
function fixed(bytes: Uint8Array, at: number): number {
  return (u32be(bytes, at) | 0) / 65_536;
}

/** [256]: linear light, 0..1, of each value; null where the tag holds no curve. */
function linearCurve(tag: Uint8Array | undefined): Float64Array | null {
  const curve = tag === undefined ? null : curveOf(tag);
  if (curve === null) return null;
  return Float64Array.from({ length: 256 }, (_, value) => {
    const light = curve(value / 255);
    return Number.isFinite(light) ? Math.round(clamp(light) * GRAIN) / GRAIN : 0;
  });
}

function curveOf(tag: Uint8Array): ((value: number) => number) | null {
  switch (latin1(tag, 0, 4)) {
    case "curv":
      return sampledCurve(tag);
    case "para":
      return parametricCurve(tag);
    default:
      return null;
  }
}

/** No sample: the value itself. One: a power. More: interpolated. */
function sampledCurve(tag: Uint8Array): ((value: number) => number) | null {
  const count = u32be(tag, 8);
  if (tag.length < 12 + 2 * count) return null;
  if (count === 0) return (value) => value;
  if (count === 1) return (value) => value ** (u16be(tag, 12) / 256);
  return (value) => {
    const place = value * (count - 1);
    const before = Math.min(Math.floor(place), count - 2);
    const [low, high] = [u16be(tag, 12 + 2 * before), u16be(tag, 14 + 2 * before)];
    return (low + (high - low) * (place - before)) / 65_535;
  };
}

/** How many parameters each type of curve has. */
const PARAMETERS = [1, 3, 4, 5, 7];

/** ICC.1:2022, table 68: a power from d on, and a line (types 1 and 2: a constant) below. */
function parametricCurve(tag: Uint8Array): ((value: number) => number) | null {
  const type = u16be(tag, 8);
  const count = PARAMETERS[type];
  if (count === undefined || tag.length < 12 + 4 * count) return null;
  const given = Array.from({ length: count }, (_, at) => fixed(tag, 12 + 4 * at));
  const [g = 1, a = 1, b = 0] = given;
  const [, , , third = 0, d = 0, e = 0, f = 0] = given;
  if (type <= 2) {
    const offset = type === 2 ? third : 0;
    return (value) => (a * value + b >= 0 ? (a * value + b) ** g : 0) + offset;
  }
  return (value) => (value >= d ? (a * value + b) ** g + e : third * value + f);
}

/** `columns` are the places of pure red, green and blue in the connection space. */
function matrixToSrgb(columns: readonly (readonly number[])[]): readonly number[] {
  return Array.from({ length: 9 }, (_, at) => {
    const row = 3 * Math.floor(at / 3);
    const column = columns[at % 3] as readonly number[];
    return column.reduce((sum, value, part) => sum + (TO_SRGB[row + part] as number) * value, 0);
  });
}

function converter(curves: readonly Float64Array[], matrix: readonly number[]): ConvertRow {
  const [reds, greens, blues] = curves as [Float64Array, Float64Array, Float64Array];
  return (rgb) => {
    for (let at = 0; at + 2 < rgb.length; at += 3) {
      const red = reds[rgb[at] as number] as number;
      const green = greens[rgb[at + 1] as number] as number;
      const blue = blues[rgb[at + 2] as number] as number;
      for (let row = 0; row < 3; row++) {
        const light =
          (matrix[3 * row] as number) * red +
          (matrix[3 * row + 1] as number) * green +
          (matrix[3 * row + 2] as number) * blue;
        rgb[at + row] = SRGB_LEVELS[Math.round(clamp(light) * STEPS)] as number;
      }
    }
  };
}

/** The level, 0..255, of each step of linear light (IEC 61966-2-1). */
const SRGB_LEVELS = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = step / STEPS;
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
});

/** No colour of a coarse grid moves by more than one level: the profile is sRGB. */
function isUnchanged(convert: ConvertRow): boolean {
  const grid = Uint8Array.from({ length: 3 * 6 ** 3 }, (_, at) => {
    const colour = Math.floor(at / 3);
    return 51 * (Math.floor(colour / 6 ** (at % 3)) % 6);
  });
  const converted = grid.slice();
  convert(converted);
  return converted.every((value, at) => Math.abs(value - (grid[at] as number)) <= 1);
}

function clamp(light: number): number {
  return Math.min(1, Math.max(0, light));
}
