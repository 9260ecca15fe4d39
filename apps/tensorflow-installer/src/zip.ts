/** Unpacks chosen files of a wheel, which is a zip file. Streams: a wheel holds a library of a gigabyte. */
import { createWriteStream } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { reasonOf } from "@tributary/platform";
import { type Entry, openPromise, type ZipFile } from "yauzl";

export type UnpackedFile = { readonly name: string; readonly bytes: number };

/**
 * Writes each entry for which `targetOf` names a path to that path. A file appears whole or not at all.
 * Throws, with the path of the zip file, where it is damaged, an entry has another size than it says, or an entry's
 * name is absolute or leads to a parent folder. Checksums are not compared: the wheel's SHA-256 is known by then.
 */
export async function unpackZip(
  path: string,
  targetOf: (name: string) => string | null,
): Promise<readonly UnpackedFile[]> {
  try {
    return await unpackEntries(await openPromise(path, { strictFileNames: true }), targetOf);
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

async function unpackEntries(
  zip: ZipFile,
  targetOf: (name: string) => string | null,
): Promise<readonly UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      const target = targetOf(entry.fileName);
      if (target === null) continue;
      await unpackEntry(zip, entry, target);
      files.push({ name: entry.fileName, bytes: entry.uncompressedSize });
    }
  } finally {
    zip.close();
  }
  return files;
}

async function unpackEntry(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.part`;
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(draft));
  await rename(draft, target);
}
