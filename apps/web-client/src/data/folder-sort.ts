/** Sorts the files of a picked or dropped folder into a plan's classes, by the name of each file's own folder. */

/** `path`: with slashes, such as "shoes/Sneaker/a.png". */
export type FolderFile<F> = { readonly path: string; readonly file: F };

export type SortedFolder<F> = {
  readonly images: readonly { readonly file: F; readonly path: string; readonly label: number }[];
  readonly perClass: readonly number[];
  /** Folders whose name is not a class, and how many images each holds. */
  readonly unknownFolders: readonly { readonly name: string; readonly images: number }[];
  /** The number of files that are not images. */
  readonly otherFiles: number;
};

const imageName = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;

/**
 * The folder that directly holds an image names its class: a class name, compared without case, spaces and
 * signs ("T-shirt/top" is "t_shirt-top"), or a class number.
 */
export function sortFolder<F>(
  files: readonly FolderFile<F>[],
  classNames: readonly string[],
): SortedFolder<F> {
  const labels = new Map(classNames.map((name, index) => [plainName(name), index]));
  const images: { file: F; path: string; label: number }[] = [];
  const perClass = classNames.map(() => 0);
  const unknown = new Map<string, number>();
  let otherFiles = 0;

  const inOrder = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  for (const { path, file } of inOrder) {
    if (!imageName.test(path) || isHidden(path)) {
      otherFiles += 1;
      continue;
    }
    const folder = path.split("/").at(-2) ?? "";
    const label = labels.get(plainName(folder)) ?? numbered(folder, classNames.length);
    if (label === null) {
      unknown.set(folder, (unknown.get(folder) ?? 0) + 1);
      continue;
    }
    images.push({ file, path, label });
    perClass[label] = (perClass[label] ?? 0) + 1;
  }

  const unknownFolders = [...unknown].map(([name, count]) => ({ name, images: count }));
  return { images, perClass, unknownFolders, otherFiles };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

function numbered(folder: string, classes: number): number | null {
  return /^\d{1,3}$/.test(folder) && Number(folder) < classes ? Number(folder) : null;
}

function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith("."));
}
