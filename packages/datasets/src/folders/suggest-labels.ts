/** Which classes a folder may mean whose name decides nothing. A person chooses; nothing is taken from here by itself. */
import { endingNumber, plainName } from "./loose-name.ts";

const MOST_SUGGESTIONS = 3;

/**
 * Says which labels a folder may mean, the likeliest first, at most three: classes with the same letters and digits, classes
 * whose name the folder's contains or the other way round, then what its number says, counted from 0 where any of `folders`
 * is numbered 0, and otherwise from 1 first.
 */
export function createSuggester(
  folders: readonly string[],
  classes: readonly string[],
): (folder: string) => readonly number[] {
  const letters = classes.map(plainName);
  const words = classes.map(wordsOf);
  const fromZero = folders.some((name) => numberIn(name) === 0);
  return (folder) => {
    const named = labelsWhere(letters, (name) => name !== "" && name === plainName(folder));
    const akin = labelsWhere(words, (name) => areAkin(name, wordsOf(folder)));
    // A word that many classes share ("class 0", "class 1") says nothing.
    const telling = akin.length < MOST_SUGGESTIONS ? akin : [];
    const numbered = byNumber(numberIn(folder), fromZero).filter(
      (label) => label >= 0 && label < classes.length,
    );
    return [...new Set([...named, ...telling, ...numbered])].slice(0, MOST_SUGGESTIONS);
  };
}

function labelsWhere(names: readonly string[], fits: (name: string) => boolean): readonly number[] {
  return names.flatMap((name, label) => (fits(name) ? [label] : []));
}

/** "2 owl" -> "owl" */
function wordsOf(name: string): string {
  return plainName(name.replace(/\p{N}/gu, ""));
}

function areAkin(one: string, other: string): boolean {
  if (one === "" || other === "") return false;
  if (one === other) return true;
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one];
  return shorter.length > 1 && longer.includes(shorter);
}

function byNumber(number: number | null, fromZero: boolean): readonly number[] {
  if (number === null) return [];
  return fromZero ? [number] : [number - 1, number];
}

function numberIn(name: string): number | null {
  const first = /^\p{Nd}+/u.exec(name.normalize("NFKC").trim());
  return endingNumber(name)?.value ?? (first === null ? null : Number(first[0]));
}
