/** Reads single files out of a zip file (APPNOTE.TXT 4.3), streaming: a wheel holds one of a gigabyte. */
import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, mkdir, open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

export type ZipEntry = {
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly method: number;
  /** Where its local header begins. */
  readonly offset: number;
};

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** An archive's comment, which comes last. */
const MAX_COMMENT_BYTES = 65_535;
const STORED = 0;
const DEFLATED = 8;
/** Marks a size or place that stands in the zip64 extension, which no wheel needs. */
const IN_ZIP64 = 0xffffffff;

/** Throws, saying why, on a file that is not a zip file of less than 4 GB. */
export async function listZip(path: string): Promise<readonly ZipEntry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
    const tail = await readAt(file, size - tailBytes, tailBytes);
    const at = tail.lastIndexOf("PK\x05\x06", undefined, "latin1");
    if (at === -1 || at + END_BYTES > tail.length) throw new Error(`${path} is not a zip file`);
    const [count, bytes, offset] = [
      tail.readUInt16LE(at + 10),
      tail.readUInt32LE(at + 12),
      tail.readUInt32LE(at + 16),
    ];
    if (offset === IN_ZIP64 || offset + bytes > size) throw new Error(`${path} is cut off or above 4 GB`);
    return parseCentralDirectory(await readAt(file, offset, bytes), count, path);
  } finally {
    await file.close();
  }
}

function parseCentralDirectory(directory: Buffer, count: number, path: string): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== 0x02014b50) {
      throw new Error(`${path}: entry ${i} of ${count} is broken`);
    }
    const nameBytes = directory.readUInt16LE(at + 28);
    const entry = {
      name: directory.toString("utf8", at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes),
      bytes: directory.readUInt32LE(at + 24),
      packedBytes: directory.readUInt32LE(at + 20),
      method: directory.readUInt16LE(at + 10),
      offset: directory.readUInt32LE(at + 42),
    };
    if ([entry.bytes, entry.packedBytes, entry.offset].includes(IN_ZIP64)) {
      throw new Error(`${path}: ${entry.name} is above 4 GB`);
    }
    entries.push(entry);
    at += CENTRAL_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Writes an entry to `target`, which appears whole or not at all. Throws where the entry is not what it says. */
export async function extractEntry(path: string, entry: ZipEntry, target: string): Promise<void> {
  if (entry.method !== STORED && entry.method !== DEFLATED) {
    throw new Error(`${path}: ${entry.name} is packed in an unknown way (${entry.method})`);
  }
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.part`;
  let written = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      written += chunk.length;
      if (written > entry.bytes) done(new Error(`${path}: ${entry.name} is larger than it says`));
      else done(null, chunk);
    },
  });
  const sink = createWriteStream(draft);
  if (entry.packedBytes === 0) await pipeline([Buffer.alloc(0)], count, sink);
  else {
    const start = await dataOffset(path, entry);
    const packed = createReadStream(path, {
      start,
      end: start + entry.packedBytes - 1,
      highWaterMark: 1 << 20,
    });
    if (entry.method === STORED) await pipeline(packed, count, sink);
    else await pipeline(packed, createInflateRaw({ chunkSize: 1 << 20 }), count, sink);
  }
  if (written !== entry.bytes)
    throw new Error(`${path}: ${entry.name} has ${written} bytes, not ${entry.bytes}`);
  await rename(draft, target);
}

/** The local header repeats the name and has an extra field of its own length. */
async function dataOffset(path: string, entry: ZipEntry): Promise<number> {
  const file = await open(path);
  try {
    const header = await readAt(file, entry.offset, LOCAL_BYTES);
    if (header.readUInt32LE(0) !== 0x04034b50)
      throw new Error(`${path}: ${entry.name} is not where it should be`);
    return entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, position);
  if (bytesRead !== bytes)
    throw new Error(`expected ${bytes} bytes at ${position}, the file ends after ${bytesRead}`);
  return buffer;
}
