/**
 * Numbers as people and programs write them: "1234.5", "1.234,5", "1 234,5", "-2e-3". Which sign stands before decimals is
 * a property of the file, and never guessed: "1,234" is a thousand more in one file than in the other.
 */

/** What stands before the decimals. */
export type DecimalSign = "." | ",";

/** Why a text is no number. */
export type NumberFault = "not-a-number" | "percent" | "not-finite" | "other-decimals";

/** Spaces, and the apostrophe as used in Switzerland. */
const GROUPERS = " \\u00a0\\u2009\\u202f'\\u2019";
const patterns = { ".": patternOf("\\.", ","), ",": patternOf(",", "\\.") };

function patternOf(decimal: string, other: string): RegExp {
  const grouped = `[1-9]\\d{0,2}(?:([${GROUPERS}${other}])\\d{3})(?:\\1\\d{3})*`;
  return new RegExp(`^[+-]?(?:(?:${grouped}|\\d+)(?:${decimal}\\d*)?|${decimal}\\d+)(?:[eE][+-]?\\d+)?$`);
}

const plain = /^-?\d+(?:\.\d+)?$/;

/** The number that `text`, without space at its ends, means in a file with this decimal sign; or why it means none. */
export function parseNumber(text: string, decimal: DecimalSign): number | NumberFault {
  if (decimal === "." && plain.test(text)) return checked(Number(text));
  const unsigned = text.replace(/^\u2212/, "-");
  if (patterns[decimal].test(unsigned)) return checked(readPlainly(unsigned, decimal));
  if (/[%‰]$/.test(text)) return "percent";
  if (/^[+-]?(?:inf(?:inity)?|nan|∞)$/i.test(text)) return "not-finite";
  return patterns[decimal === "." ? "," : "."].test(unsigned) ? "other-decimals" : "not-a-number";
}

function checked(value: number): number | NumberFault {
  return Number.isFinite(value) ? value : "not-finite";
}

function readPlainly(text: string, decimal: DecimalSign): number {
  const other = decimal === "." ? /[^0-9.eE+-]/g : /[^0-9,eE+-]/g;
  return Number(text.replace(other, "").replace(",", "."));
}

/** What a text says about the decimal sign of its file. "none": it is written alike with both, or is no number. */
export type DecimalEvidence = DecimalSign | "ambiguous" | "none";

/** Which decimal sign `text`, without space at its ends, must have been written with. */
export function decimalEvidence(text: string): DecimalEvidence {
  if (!/[.,]/.test(text)) return "none";
  const unsigned = text.replace(/^\u2212/, "-");
  const isPoint = patterns["."].test(unsigned);
  const isComma = patterns[","].test(unsigned);
  if (isPoint && isComma) return "ambiguous";
  return isPoint ? "." : isComma ? "," : "none";
}
