/** What is fed with damaged files: each reader of files that people bring, with whole files to damage. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatIdx, networkInput, type PictureInput, parseIdx } from "@tributary/datasets";
import { openCodecs } from "@tributary/datasets/node";
import { places } from "@tributary/platform";
import { readDamagedTable, tableFiles } from "./table-reader.ts";

export type Reader = {
  readonly files: readonly Uint8Array[];
  /** Reads a file and returns what came of it, in a word. Throws where the reader broke its promise. */
  read(bytes: Uint8Array): Promise<string>;
};

export const READERS = ["pictures", "idx", "tables"] as const;
export type ReaderName = (typeof READERS)[number];

/** Opens a reader. */
export async function openReader(name: ReaderName): Promise<Reader> {
  switch (name) {
    case "pictures":
      return { files: await filesBelow(places.pictureFixtures), read: pictureReader() };
    case "idx":
      return { files: idxFiles(), read: readIdx };
    case "tables":
      return { files: tableFiles(), read: readDamagedTable };
    default:
      return name satisfies never;
  }
}

const INPUT: PictureInput = {
  image: [32, 32, 3],
  picture: { fit: "crop", resize: "area-mean", background: [255, 255, 255], grey: [0.299, 0.587, 0.114] },
};

function pictureReader(): Reader["read"] {
  const codecs = openCodecs();
  return async (bytes) => {
    const got = await networkInput(bytes, INPUT, codecs);
    if (got.outcome === "left-out") return got.reason;
    const [height, width, channels] = INPUT.image;
    if (got.pixels.length !== height * width * channels) throw new Error(`got ${got.pixels.length} values`);
    return "picture";
  };
}

async function filesBelow(folder: string): Promise<readonly Uint8Array[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pictures = paths.filter((path) => !/\.(py|json)$/.test(path)).sort();
  return await Promise.all(pictures.map(async (path) => new Uint8Array(await readFile(path))));
}

function idxFiles(): readonly Uint8Array[] {
  return [[7], [3, 4, 5], [2, 28, 28], [2, 3, 4, 5]].map((shape) =>
    formatIdx(shape, new Uint8Array(shape.reduce((size, length) => size * length, 1))),
  );
}

/** It refuses by throwing. */
async function readIdx(bytes: Uint8Array): Promise<string> {
  try {
    parseIdx(bytes);
    return "read";
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return "refused";
  }
}
