/**
 * Which class a folder's name means. An exact name decides. A looser match (case, spaces, hyphens and underscores within
 * a name) decides only where a single class and a single folder have it. Everything else is asked: a wrong guess would
 * give pictures to another class without a word.
 */
import { exactClassName } from "@tributary/protocol";
import { endingNumber, looseName } from "./loose-name.ts";
import { createSuggester } from "./suggest-labels.ts";

/** What a folder's name means. */
export type FolderMatch =
  | { readonly outcome: "class"; readonly label: number }
  /** `suggestions`: labels that may be meant, the likeliest first. */
  | { readonly outcome: "undecided"; readonly suggestions: readonly number[] };

/**
 * One match for each of `folders`, by its name as given. `classNames[label]` are the classes; they must be free of
 * `classNameProblems`. Neither the order of the folders nor their Unicode form matters.
 */
export function matchFolders(
  folders: readonly string[],
  classNames: readonly string[],
): ReadonlyMap<string, FolderMatch> {
  const classes = classNames.map(exactClassName);
  const names = [...new Set(folders.map(exactClassName))];
  const matched = withoutShiftedNumbers(
    names,
    new Map([...looseMatches(names, classes), ...exactMatches(names, classes)]),
  );
  const suggest = createSuggester(names, classes);
  const matchOf = (name: string): FolderMatch => {
    const label = matched.get(name);
    return label === undefined
      ? { outcome: "undecided", suggestions: suggest(name) }
      : { outcome: "class", label };
  };
  return new Map(folders.map((folder) => [folder, matchOf(exactClassName(folder))]));
}

type Matches = ReadonlyMap<string, number>;

function exactMatches(folders: readonly string[], classes: readonly string[]): Matches {
  const labels = new Map(classes.map((name, label) => [name, label]));
  return new Map(folders.flatMap((folder) => pairOf(folder, labels.get(folder))));
}

/** Ambiguity counts over all classes and folders, those with an exact match too. */
function looseMatches(folders: readonly string[], classes: readonly string[]): Matches {
  const named = countBy(folders, looseName);
  const meant = countBy(classes, looseName);
  const labels = new Map(classes.map((name, label) => [looseName(name), label]));
  return new Map(
    folders.flatMap((folder) => {
      const name = looseName(folder);
      const isOnly = named.get(name) === 1 && meant.get(name) === 1;
      return pairOf(folder, isOnly ? labels.get(name) : undefined);
    }),
  );
}

/**
 * Folders 1, 2, 3 for the classes 0, 1, 2 would be shifted by one, though two of the names are exact. Numbers decide only
 * where every folder of the same numbering has a class.
 */
function withoutShiftedNumbers(folders: readonly string[], matches: Matches): Matches {
  const numbering = (folder: string) => endingNumber(folder)?.stem ?? null;
  const broken = new Set(folders.filter((folder) => !matches.has(folder)).map(numbering));
  broken.delete(null);
  return new Map([...matches].filter(([folder]) => !broken.has(numbering(folder))));
}

function pairOf(folder: string, label: number | undefined): readonly (readonly [string, number])[] {
  return label === undefined ? [] : [[folder, label]];
}

function countBy(names: readonly string[], keyOf: (name: string) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of names.map(keyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
