/** The classes of a folder of pictures that no task names: its folders' names. */
import { classNameProblems, exactClassName } from "@tributary/protocol";
import { type Place, placeFiles } from "./file-places.ts";

/** The names in order, or why the folders do not say which they are; `reason` says what to do. */
export type FolderClasses =
  | { readonly outcome: "classes"; readonly classNames: readonly string[] }
  | { readonly outcome: "unclear"; readonly reason: string };

/**
 * The classes that the folders of `paths` (with slashes, the file's name last) name by themselves: CLASS/1.png or
 * {train,test}/CLASS/1.png, with all classes side by side. A folder called train or test that holds pictures itself, beside
 * other folders that do, is a class.
 */
export function classesOfFolders(paths: readonly string[]): FolderClasses {
  const folders = placeFiles(paths, partsThatAreClasses(paths)).filter(
    ({ kind }) => kind === "class",
  ) as ClassPlace[];
  const beside = folders.filter(({ part }) => part === null);
  if (beside.length > 0 && beside.length < folders.length) {
    const parts = namesOf(folders.flatMap(({ part }) => (part === null ? [] : [part.folder])));
    const others = namesOf(beside.map(({ folder }) => folder));
    return unclear(`expected the folders test and train and no other, got ${others} beside ${parts}`);
  }
  const parents = new Set(
    folders.map(({ folder, part }) => folder.slice(part?.folder.length ?? 0, -1).join("/")),
  );
  if (parents.size > 1) {
    return unclear(
      `expected the folders of all classes side by side, got some ${[...parents].map(within).join(" and some ")}: move them, or give a task with their names`,
    );
  }
  const classNames = [...new Set(folders.map(({ folder }) => exactClassName(folder.at(-1) ?? "")))].sort();
  const [problem] = classNameProblems(classNames);
  if (problem !== undefined) return unclear(`a folder's name ${problem.message}`);
  return { outcome: "classes", classNames };
}

type ClassPlace = Extract<Place, { kind: "class" }>;

/**
 * Names such as "train" where such a folder holds pictures itself, and no part holds folders of classes. (Beside classes in
 * train/, the pictures in test/ have none.)
 */
function partsThatAreClasses(paths: readonly string[]): readonly string[] {
  const places = placeFiles(paths, []);
  if (places.some((place) => place.kind === "class" && place.part !== null)) return [];
  return places.flatMap((place) => {
    const name = place.kind === "loose" && place.part !== null ? place.folder.at(-1) : undefined;
    return name === undefined ? [] : [name];
  });
}

function unclear(reason: string): FolderClasses {
  return { outcome: "unclear", reason };
}

function namesOf(folders: readonly (readonly string[])[]): string {
  return [...new Set(folders.map((folder) => folder.join("/")))].sort().join(", ");
}

function within(parent: string): string {
  return parent === "" ? "at the top" : `in ${parent}`;
}
