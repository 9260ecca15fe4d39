/** Checks of command-line arguments. Pure; errors quote the value. */

/** `name`, which must be one of `known`. Throws an Error that quotes it otherwise. */
export function oneOf<Known extends string>(what: string, known: readonly Known[], name: string): Known {
  const found = known.find((one) => one === name);
  if (found !== undefined) return found;
  throw new Error(`expected ${what} of ${known.join(", ")}, got ${JSON.stringify(name)}`);
}

/** `text` as a whole number from `least` to `most`. Throws an Error that quotes it otherwise. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`expected ${option} from ${least} to ${most}, got ${JSON.stringify(text)}`);
}
