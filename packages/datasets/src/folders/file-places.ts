/** Where a file lies in a folder of pictures by class, as its path tells: junk, a document, or a class's folder. */
import { exactClassName } from "@tributary/protocol";

/** A part of a data set that has been split beforehand. */
export type Part = "train" | "validation" | "test";

/** What a path alone tells about a file. Folders are lists of names, from the outermost to the innermost. */
export type Place =
  /** Made by a system, not by a person: `folder` ends with what was recognised. */
  | { readonly kind: "junk"; readonly folder: readonly string[] }
  /** Text or an archive, by the file's suffix. */
  | { readonly kind: "document"; readonly folder: readonly string[] }
  /** `folder`'s last name is the class's or means it. `part`: the part around it, and the folder of that part. */
  | { readonly kind: "class"; readonly folder: readonly string[]; readonly part: PartFolder | null }
  /** Below no folder that could name a class. */
  | { readonly kind: "loose"; readonly folder: readonly string[]; readonly part: PartFolder | null };

/** A part, and the folder that is it. */
export type PartFolder = { readonly name: Part; readonly folder: readonly string[] };

const junkNames = new Set([
  ...["$recycle.bin", "system volume information", "thumbs.db", "ehthumbs.db", "desktop.ini"],
  ...["__macosx", "@eadir", "#recycle", "@recycle", "lost+found", "icon\r"],
]);
const documents =
  /\.(txt|md|csv|tsv|jsonl?|xml|ya?ml|html?|pdf|log|py|ipynb|mat|np[yz]|zip|gz|tar|url|lnk)$/i;
/** Folders between a class and its pictures: CLASS/images/1.png (Tiny ImageNet). */
const wrappers = new Set(["images", "image", "imgs", "img", "pictures", "photos"]);
const parts: ReadonlyMap<string, Part> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["val", "validation"],
  ["valid", "validation"],
  ["validation", "validation"],
  ["test", "test"],
  ["testing", "test"],
]);

/**
 * One place for each path, with slashes and the file's name last. A folder with a class's exact name is that class,
 * whatever else its name could be ("train", "images", ".NET"). A folder that all pictures share is no part: whoever picks
 * a folder called test means its pictures.
 */
export function placeFiles(paths: readonly string[], classNames: readonly string[]): readonly Place[] {
  const classes = new Set(classNames.map(exactClassName));
  const split = paths.map((path) => path.split("/").filter((name) => name !== "" && name !== "."));
  const apart = split.map((names) => junkOrDocument(names, classes));
  const shared = sharedDepth(split.filter((_, at) => apart[at] === null).map((names) => names.slice(0, -1)));
  return split.map((names, at) => apart[at] ?? placeOf(names.slice(0, -1), classes, shared));
}

type Classes = ReadonlySet<string>;

function junkOrDocument(names: readonly string[], classes: Classes): Place | null {
  const last = names.length - 1;
  const junk = names.findIndex((name, at) => isJunk(name) && (at === last || !isIn(classes, name)));
  if (junk >= 0) return { kind: "junk", folder: names.slice(0, junk + 1) };
  return documents.test(names[last] ?? "") ? { kind: "document", folder: names.slice(0, -1) } : null;
}

function isJunk(name: string): boolean {
  return name.startsWith(".") || junkNames.has(name.toLowerCase());
}

function isIn(classes: Classes, name: string): boolean {
  return classes.has(exactClassName(name));
}

/** How many outer folders all of them share. */
function sharedDepth(folders: readonly (readonly string[])[]): number {
  const [first = [], ...others] = folders;
  const differs = (name: string, at: number) => others.some((other) => other[at] !== name);
  const end = first.findIndex(differs);
  return end < 0 ? first.length : end;
}

function placeOf(parents: readonly string[], classes: Classes, shared: number): Place {
  const folder = withoutWrappers(parents, classes);
  const own = folder.at(-1);
  if (own === undefined) return { kind: "loose", folder, part: null };
  const isClass = isIn(classes, own);
  // A part lies around classes: "test/hats" is a folder of the class "test" where there is one, unless "hats" is a class.
  const around = isClass ? folder.slice(0, -1) : folder;
  const part = partAround(around, shared, (name) => !isClass && isIn(classes, name));
  const isPartItself = part?.folder.length === folder.length;
  return { kind: isPartItself ? "loose" : "class", folder, part };
}

function withoutWrappers(parents: readonly string[], classes: Classes): readonly string[] {
  const isWrapper = (name: string) => wrappers.has(name.toLowerCase()) && !isIn(classes, name);
  const end = parents.findLastIndex((name) => !isWrapper(name));
  return end < 0 ? parents : parents.slice(0, end + 1);
}

/** The outermost folder that is a part. */
function partAround(
  folder: readonly string[],
  shared: number,
  isClass: (name: string) => boolean,
): PartFolder | null {
  for (const [at, name] of folder.entries()) {
    const part = parts.get(name.toLowerCase());
    if (at < shared || part === undefined || isClass(name)) continue;
    return { name: part, folder: folder.slice(0, at + 1) };
  }
  return null;
}
