/**
 * Pictures in the making: files from folders and files with a chosen class, each decoded once. What cannot be sorted or
 * decoded is told by name.
 */
import {
  type FolderMapping,
  type NetworkInput,
  type SortedFiles,
  sortFiles,
  type UnreadPicture,
} from "@tributary/datasets";
import type { ImageDataset } from "@tributary/model";
import type { ImageTask } from "@tributary/protocol";
import { reasonOf } from "../reason-of.ts";
import type { AskedFolder } from "./data-messages.ts";
import type { PickedFile } from "./folder-entries.ts";
import { type LeftOut, leftOutFolders, leftOutPictures } from "./left-out.ts";

/** Pictures of all files so far. */
export type Collected = {
  readonly dataset: ImageDataset;
  readonly undecided: readonly AskedFolder[];
  readonly leftOut: readonly LeftOut[];
};

export type PictureCollection = {
  add(reading: number, files: readonly PickedFile[]): void;
  /** Takes the files of a reading out again. */
  drop(reading: number): void;
  /** Null once `isWanted` says no: it is asked before every file. */
  read(options: {
    readonly mapping: FolderMapping;
    readonly isWanted: () => boolean;
    readonly onProgress: (done: number, total: number) => void;
  }): Promise<Collected | null>;
};

type Entry = PickedFile & { readonly reading: number };
type Labelled = { readonly path: string; readonly file: Blob; readonly label: number };
type Decoded = Uint8Array | UnreadPicture;

/** Of all pictures together. */
const MOST_BYTES = 2 ** 29;
/** A file beyond is not read: no picture that the decoder takes is that long. */
const MOST_FILE_BYTES = 2 ** 28;

/** `decode` gives the network's input of a file's bytes. */
export function createPictureCollection(
  task: Pick<ImageTask, "image" | "classes">,
  decode: (bytes: Uint8Array) => Promise<NetworkInput>,
): PictureCollection {
  const entries = new Map<string, Entry>();
  const decoded = new WeakMap<Blob, Decoded>();
  const decodeOnce = async (file: Blob): Promise<Decoded> => {
    const known = decoded.get(file) ?? (await decodedFile(file, decode));
    decoded.set(file, known);
    return known;
  };
  return {
    add(reading, files) {
      for (const file of files) entries.set(`${file.label ?? ""}/${file.path}`, { ...file, reading });
    },
    drop(reading) {
      for (const [key, entry] of entries) if (entry.reading === reading) entries.delete(key);
    },
    async read({ mapping, isWanted, onProgress }) {
      const { labelled, undecided, leftOut } = sorted([...entries.values()], task.classes, mapping);
      const filling = createFilling(task, labelled.length);
      for (const [at, { file, path, label }] of labelled.entries()) {
        if (!isWanted()) return null;
        filling.add(path, label, await decodeOnce(file));
        onProgress(at + 1, labelled.length);
      }
      return {
        dataset: filling.dataset(),
        undecided,
        leftOut: [...leftOutPictures(filling.unread), ...leftOut],
      };
    },
  };
}

function sorted(entries: readonly Entry[], classNames: readonly string[], mapping: FolderMapping) {
  const inFolders = entries.filter(({ label }) => label === null);
  const chosen = entries.flatMap(({ path, file, label }) => (label === null ? [] : [{ path, file, label }]));
  const asked: SortedFiles<Entry> = sortFiles({ files: inFolders, classNames });
  const { files, leftOut } = sortFiles({ files: inFolders, classNames, mapping });
  const labelled: readonly Labelled[] = [...files, ...chosen];
  return {
    labelled,
    undecided: asked.undecided.map(({ folder, suggestions, files }) => ({
      folder,
      suggestions,
      files: files.length,
    })),
    leftOut: leftOutFolders(leftOut),
  };
}

/** Rejects never: a file that has gone, or whose disk fails, is left out by name. */
async function decodedFile(
  file: Blob,
  decode: (bytes: Uint8Array) => Promise<NetworkInput>,
): Promise<Decoded> {
  if (file.size > MOST_FILE_BYTES)
    return tooLarge("The file has more than 256 MiB. Make the picture smaller.");
  try {
    const input = await decode(new Uint8Array(await file.arrayBuffer()));
    return input.outcome === "picture" ? input.pixels : input;
  } catch (cause) {
    const detail = reasonOf(cause);
    const message = `The file can no longer be read (${detail}). Pick it again.`;
    return { outcome: "left-out", reason: "empty", message };
  }
}

function tooLarge(message: string): UnreadPicture {
  return { outcome: "left-out", reason: "too-large", message };
}

/** The data set of at most `most` pictures. */
function createFilling({ image, classes }: Pick<ImageTask, "image" | "classes">, most: number) {
  const size = image[0] * image[1] * image[2];
  const room = Math.min(most, Math.floor(MOST_BYTES / size));
  const pixels = new Uint8Array(room * size);
  const labels = new Uint8Array(room);
  const unread: { readonly path: string; readonly why: UnreadPicture }[] = [];
  let count = 0;
  return {
    unread,
    add(path: string, label: number, picture: Decoded): void {
      if (!(picture instanceof Uint8Array)) unread.push({ path, why: picture });
      else if (count === room)
        unread.push({ path, why: tooLarge("The pictures before it fill 512 MiB of memory. Bring fewer.") });
      else {
        pixels.set(picture, count * size);
        labels[count] = label;
        count++;
      }
    },
    dataset: (): ImageDataset => ({
      kind: "images",
      image,
      classes: classes.length,
      count,
      pixels: count === room ? pixels : pixels.slice(0, count * size),
      labels: labels.slice(0, count),
    }),
  };
}
