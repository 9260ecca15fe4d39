/** Names with less in them than was written. Two names with the same loose name need not mean the same. */
import { visibleClassName } from "@tributary/protocol";

/** Separators within a name. One at an end says something: "A-", "-1". */
const withinLetters = /(?<=[\p{L}\p{M}\p{N}])[\s_-]+(?=[\p{L}\p{M}])|(?<=[\p{L}\p{M}])[\s_-]+(?=\p{N})/gu;
const betweenDigits = /(?<=\p{N})[\s_-]+(?=\p{N})/gu;

/**
 * The name without case, and without spaces, hyphens and underscores between letters: "Ankle boot" is "ankle-boot".
 * Every other sign stays ("C++"), and so does a gap between digits ("1-2").
 */
export function looseName(name: string): string {
  const joined = visibleClassName(name).replace(withinLetters, "").replace(betweenDigits, " ");
  return joined.toLowerCase().normalize("NFC");
}

/** The letters and digits of a name alone, in compatibility form. Good for suggestions only. */
export function plainName(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, "");
}

/** The number at a name's end and what stands before it, loosely: "Class_02" is "class" and 2. null: it has none. */
export function endingNumber(name: string): { readonly stem: string; readonly value: number } | null {
  const found = /^(.*?)(\p{Nd}+)$/su.exec(name.normalize("NFKC").trim());
  if (found === null) return null;
  const [, stem = "", digits = ""] = found;
  return { stem: plainName(stem), value: Number(digits) };
}
