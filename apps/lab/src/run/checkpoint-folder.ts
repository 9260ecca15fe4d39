/**
 * Keeps a value of plain objects, arrays, maps and typed arrays in a folder. `checkpoint.json` holds its shape; each typed
 * array is a file beside it, which `checkpoint.json` names with its hash. The files are written first, then a new
 * `checkpoint.json` replaces the old one in one rename: a kill at any moment leaves the old checkpoint or the new.
 * Typed arrays that are the same objects as in the last write are not written again.
 */

import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfThere, reasonOf, sha256 } from "@tributary/platform";
import { replaceFile } from "./json-file.ts";

/** `read` gives what `write` got, equal to the last bit. */
export type CheckpointFolder = {
  /** null: there is none. Throws `DamagedCheckpoint`. */
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
};

/** The files are not what was written. */
export class DamagedCheckpoint extends Error {}

type TypedArray = Uint8Array | Float32Array | Float64Array;
const kinds = { Uint8Array, Float32Array, Float64Array };
type Kind = keyof typeof kinds;

type FileRef = { readonly kind: Kind; readonly file: string; readonly sha256: string };

const INDEX = "checkpoint.json";

/** The folder need not exist. One writer at a time. */
export function openCheckpointFolder(folder: string): CheckpointFolder {
  let written = new Map<TypedArray, FileRef>();
  let next = 0;

  async function keepArray(array: TypedArray, kept: Map<TypedArray, FileRef>): Promise<FileRef> {
    const known = kept.get(array) ?? written.get(array);
    const ref = known ?? (await writeArray(array));
    kept.set(array, ref);
    return ref;
  }
  async function writeArray(array: TypedArray): Promise<FileRef> {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    next += 1;
    const ref = { kind: kindOf(array), file: `${next}.bin`, sha256: sha256(bytes) };
    await writeFile(join(folder, ref.file), bytes);
    return ref;
  }

  return {
    async read() {
      const text = await readTextIfThere(join(folder, INDEX));
      if (text === null) return null;
      const read = new Map<TypedArray, FileRef>();
      try {
        const index = JSON.parse(text) as { next: number; sha256: string; value: unknown };
        if (sha256(JSON.stringify(index.value)) !== index.sha256) throw new Error("its hash is another");
        const value = await decode(index.value, (ref) => readArray(folder, ref, read));
        next = index.next;
        written = read;
        return value;
      } catch (cause) {
        const reason = reasonOf(cause);
        throw new DamagedCheckpoint(`${join(folder, INDEX)} is damaged: ${reason}`, { cause });
      }
    },
    async write(value) {
      await mkdir(folder, { recursive: true });
      const kept = new Map<TypedArray, FileRef>();
      const shape = await encode(value, (array) => keepArray(array, kept));
      const index = { next, sha256: sha256(JSON.stringify(shape)), value: shape };
      await replaceFile(join(folder, INDEX), JSON.stringify(index));
      written = kept;
      const named = new Set([INDEX, ...[...kept.values()].map(({ file }) => file)]);
      for (const file of await readdir(folder)) if (!named.has(file)) await rm(join(folder, file));
    },
  };
}

async function encode(value: unknown, keep: (array: TypedArray) => Promise<FileRef>): Promise<unknown> {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`expected finite numbers in a checkpoint, got ${value}`);
    return value;
  }
  if (isTyped(value)) return { $array: await keep(value) };
  if (value instanceof Map) return { $map: await encode([...value], keep) };
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await encode(item, keep));
    return items;
  }
  if (typeof value !== "object")
    throw new Error(`expected a plain value in a checkpoint, got ${typeof value}`);
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    if (field !== undefined) fields[name] = await encode(field, keep);
  }
  return fields;
}

async function decode(value: unknown, read: (ref: FileRef) => Promise<TypedArray>): Promise<unknown> {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await decode(item, read));
    return items;
  }
  if ("$array" in value) return read(value.$array as FileRef);
  if ("$map" in value) return new Map((await decode(value.$map, read)) as [unknown, unknown][]);
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) fields[name] = await decode(field, read);
  return fields;
}

async function readArray(folder: string, ref: FileRef, read: Map<TypedArray, FileRef>): Promise<TypedArray> {
  const bytes = await readFile(join(folder, ref.file));
  if (sha256(bytes) !== ref.sha256) throw new Error(`the hash of ${ref.file} is another`);
  // A copy, so that it begins where its buffer does: the wider kinds need that alignment.
  const array = new kinds[ref.kind](Uint8Array.from(bytes).buffer);
  read.set(array, ref);
  return array;
}

function isTyped(value: unknown): value is TypedArray {
  return Object.values(kinds).some((kind) => value instanceof kind);
}

function kindOf(array: TypedArray): Kind {
  if (array instanceof Float32Array) return "Float32Array";
  return array instanceof Float64Array ? "Float64Array" : "Uint8Array";
}
