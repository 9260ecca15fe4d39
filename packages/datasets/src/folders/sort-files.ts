/**
 * Sorts the files of a folder into a task's classes, by the folders that hold them: CLASS/1.png, CLASS/images/1.png,
 * {train,val,test}/CLASS/1.png. Nothing is guessed: a folder whose name decides nothing is returned as undecided, and the
 * caller's mapping decides it. The same for a page, a server and a command.
 */
import { exactClassName } from "@tributary/protocol";
import { type Place, placeFiles } from "./file-places.ts";
import { type FolderMatch, matchFolders } from "./match-folders.ts";

/** Why a file is in no class. */
export type LeftOutFilesReason = "junk" | "document" | "other-part" | "no-class-folder" | "chosen";

/** Files of the folder `folder` that are left out for one reason. `folder`: with slashes, "" for the outermost. */
export type LeftOutFiles<F> = {
  readonly reason: LeftOutFilesReason;
  readonly folder: string;
  readonly files: readonly F[];
};

/** `suggestions`: labels that may be meant, the likeliest first. `folder` is the key of the mapping. */
export type UndecidedFolder<F> = {
  readonly folder: string;
  readonly files: readonly F[];
  readonly suggestions: readonly number[];
};

/** Files in order of their paths, and folders in the order of their first file. */
export type SortedFiles<F> = {
  /** Each file with its label. What is no picture among them, the decoder finds. */
  readonly files: readonly (F & { readonly label: number })[];
  readonly undecided: readonly UndecidedFolder<F>[];
  readonly leftOut: readonly LeftOutFiles<F>[];
};

/** Which class each undecided folder means; null: none, it is left out. */
export type FolderMapping = Readonly<Record<string, number | null>>;

/**
 * Sorts `files` by their `path`, with slashes. `classNames` must be free of `classNameProblems`. `mapping` decides a folder
 * by the name that `undecided` gives it, before any match. `part`: "train" reads everything but validation and test parts,
 * "test" a test part alone. Throws where the mapping gives a label that there is not.
 */
export function sortFiles<F extends { readonly path: string }>(options: {
  readonly files: readonly F[];
  readonly classNames: readonly string[];
  readonly mapping?: FolderMapping;
  readonly part?: "train" | "test";
}): SortedFiles<F> {
  const { classNames, mapping = {}, part = "train" } = options;
  const files = inOrder(options.files);
  const places = placeFiles(
    files.map(({ path }) => path),
    classNames,
  );
  const found = places.map((place) => findingOf(place, part));
  const decide = decider(
    found.flatMap((finding) => (finding.outcome === "class-folder" ? [finding.folder] : [])),
    classNames,
    mapping,
  );
  return gather(files.map((file, at) => ({ file, decision: decided(found[at] as Finding, decide) })));
}

/** By composed path, so that the order is the same on every file system. */
function inOrder<F extends { readonly path: string }>(files: readonly F[]): readonly F[] {
  const keyed = files.map((file) => ({ file, key: file.path.normalize("NFC") }));
  const order = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  return keyed.sort((a, b) => order(a.key, b.key) || order(a.file.path, b.file.path)).map(({ file }) => file);
}

type Finding =
  | { readonly outcome: "left-out"; readonly reason: LeftOutFilesReason; readonly folder: readonly string[] }
  | { readonly outcome: "class-folder"; readonly folder: readonly string[] };

function findingOf(place: Place, wanted: "train" | "test"): Finding {
  const { kind, folder } = place;
  switch (kind) {
    case "junk":
    case "document":
      return { outcome: "left-out", reason: kind, folder };
    case "loose":
    case "class": {
      const { part } = place;
      const isWanted = wanted === "test" ? part?.name === "test" : part === null || part.name === "train";
      if (!isWanted) return { outcome: "left-out", reason: "other-part", folder: part?.folder ?? [] };
      if (kind === "loose") return { outcome: "left-out", reason: "no-class-folder", folder };
      return { outcome: "class-folder", folder };
    }
    default:
      return kind satisfies never;
  }
}

type Decision =
  | { readonly outcome: "left-out"; readonly reason: LeftOutFilesReason; readonly folder: string }
  | { readonly outcome: "class"; readonly label: number }
  | { readonly outcome: "undecided"; readonly folder: string; readonly suggestions: readonly number[] };

function decided(finding: Finding, decide: (folder: Folder) => Decision): Decision {
  if (finding.outcome === "class-folder") return decide(finding.folder);
  return { ...finding, folder: finding.folder.join("/") };
}

type Folder = readonly string[];

/** Decides folders, all of which must be among `folders`. */
function decider(
  folders: readonly Folder[],
  classNames: readonly string[],
  mapping: FolderMapping,
): (folder: Folder) => Decision {
  const choose = chooser(mapping, classNames.length);
  const suggest = suggester(folders, classNames);
  const matches = matchFolders(folders.map(nameOf), classNames);
  return (folder) => {
    const label = choose(folder);
    if (label === null) return { outcome: "left-out", reason: "chosen", folder: folder.join("/") };
    if (label !== undefined) return { outcome: "class", label };
    const match = matches.get(nameOf(folder)) as FolderMatch;
    return match.outcome === "class" ? match : suggest(folder, match.suggestions);
  };
}

/** What the mapping says of a folder, by its path or else by its name; undefined: nothing. */
function chooser(mapping: FolderMapping, classes: number): (folder: Folder) => number | null | undefined {
  const chosen = new Map(Object.entries(mapping).map(([key, label]) => [exactClassName(key), label]));
  for (const [folder, label] of chosen) {
    if (label === null || (Number.isInteger(label) && label >= 0 && label < classes)) continue;
    throw new Error(
      `expected a label below ${classes} for the folder ${JSON.stringify(folder)}, got ${label}`,
    );
  }
  return (folder) => {
    const path = pathOf(folder);
    return chosen.has(path) ? chosen.get(path) : chosen.get(nameOf(folder));
  };
}

/**
 * Asks about a folder, by its name where no other folder has it: "cat/left" and "dog/left" may mean two classes. A folder
 * within a class is likely to mean that class.
 */
function suggester(folders: readonly Folder[], classNames: readonly string[]) {
  const paths = new Map(folders.map((folder) => [pathOf(folder), folder]));
  const met = new Set<string>();
  const repeated = new Set<string>();
  for (const name of [...paths.values()].map(nameOf)) (met.has(name) ? repeated : met).add(name);
  const around = matchFolders([...new Set(folders.flatMap((folder) => folder.slice(0, -1)))], classNames);
  return (folder: Folder, suggestions: readonly number[]): Decision => {
    const nearest = folder.slice(0, -1).findLast((name) => around.get(name)?.outcome === "class");
    const match = around.get(nearest ?? "");
    const likely = match?.outcome === "class" ? [match.label] : suggestions;
    const name = nameOf(folder);
    return { outcome: "undecided", folder: repeated.has(name) ? pathOf(folder) : name, suggestions: likely };
  };
}

function nameOf(folder: Folder): string {
  return exactClassName(folder.at(-1) ?? "");
}

function pathOf(folder: Folder): string {
  return folder.map(exactClassName).join("/");
}

function gather<F>(decided: readonly { readonly file: F; readonly decision: Decision }[]): SortedFiles<F> {
  const files: (F & { readonly label: number })[] = [];
  const undecided = new Map<string, { folder: string; files: F[]; suggestions: readonly number[] }>();
  const leftOut = new Map<string, { reason: LeftOutFilesReason; folder: string; files: F[] }>();
  for (const { file, decision } of decided) {
    switch (decision.outcome) {
      case "class":
        files.push({ ...file, label: decision.label });
        break;
      case "undecided": {
        const { folder, suggestions } = decision;
        groupIn(undecided, folder, { folder, files: [], suggestions }).files.push(file);
        break;
      }
      case "left-out": {
        const { reason, folder } = decision;
        groupIn(leftOut, `${reason}/${folder}`, { reason, folder, files: [] }).files.push(file);
        break;
      }
      default:
        decision satisfies never;
    }
  }
  return { files, undecided: [...undecided.values()], leftOut: [...leftOut.values()] };
}

/** The group of this key, which is `fresh` where there is none yet. */
function groupIn<Group>(groups: Map<string, Group>, key: string, fresh: Group): Group {
  const group = groups.get(key) ?? fresh;
  groups.set(key, group);
  return group;
}
