/** Counts what an inspection finds, and says it in lines for people. Pure. */
import type { InspectedFile } from "./inspect-pictures.ts";

/** What was found, file by file, added up. */
export type Inspection = {
  /** Pictures of each class, by name. */
  readonly pictures: ReadonlyMap<string, number>;
  readonly undecided: readonly {
    readonly folder: string;
    readonly files: number;
    readonly suggestions: readonly string[];
  }[];
  /** Files left out for one reason: all of a class or of none. */
  readonly leftOut: readonly {
    readonly reason: string;
    readonly message: string;
    readonly paths: readonly string[];
  }[];
};

/** Adds up. `classNames`: every class of the task, also those without pictures. */
export function createTally(classNames: readonly string[]): {
  add(file: InspectedFile): void;
  total(): Inspection;
} {
  const pictures = new Map(classNames.map((name) => [name, 0]));
  const undecided = new Map<string, { folder: string; files: number; suggestions: readonly string[] }>();
  const leftOut = new Map<string, { reason: string; message: string; paths: string[] }>();
  return {
    add(file) {
      switch (file.outcome) {
        case "picture":
          pictures.set(file.class, (pictures.get(file.class) ?? 0) + 1);
          return;
        case "undecided": {
          const { folder, suggestions } = file;
          const group = undecided.get(folder) ?? { folder, files: 0, suggestions };
          undecided.set(folder, { ...group, files: group.files + 1 });
          return;
        }
        case "left-out": {
          const { reason, message } = file;
          const key = `${reason}/${message}`;
          const group = leftOut.get(key) ?? { reason, message, paths: [] };
          leftOut.set(key, group);
          group.paths.push(file.path);
          return;
        }
        default:
          file satisfies never;
      }
    },
    total: () => ({ pictures, undecided: [...undecided.values()], leftOut: [...leftOut.values()] }),
  };
}

const MOST_PATHS = 5;

/** One line for each class, each undecided folder, and each reason for which files were left out. */
export function inspectionLines({ pictures, undecided, leftOut }: Inspection): readonly string[] {
  const width = Math.max(...[...pictures.keys()].map((name) => name.length));
  const counts = [...pictures].map(
    ([name, count]) => `  ${name.padEnd(width)}  ${count === 0 ? "no pictures" : count}`,
  );
  const total = [...pictures.values()].reduce((a, b) => a + b, 0);
  return [
    `${plural(total, "picture")} in ${plural(pictures.size, "class", "classes")}`,
    ...counts,
    ...undecided.map(undecidedLine),
    ...leftOut.flatMap(({ message, paths }) => [
      `left out, ${plural(paths.length, "file")}: ${message}`,
      `  ${shown(paths)}`,
    ]),
  ];
}

function undecidedLine({ folder, files, suggestions }: Inspection["undecided"][number]): string {
  const likely =
    suggestions.length === 0
      ? ""
      : `, perhaps ${suggestions.map((name) => JSON.stringify(name)).join(" or ")}`;
  const option = `--map ${JSON.stringify(`${folder}=${suggestions[0] ?? "CLASS"}`)}`;
  return `undecided, ${plural(files, "file")} in ${JSON.stringify(folder)}: which class is it${likely}? Say it with ${option}`;
}

function shown(paths: readonly string[]): string {
  const more = paths.length - MOST_PATHS;
  return `${paths.slice(0, MOST_PATHS).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
