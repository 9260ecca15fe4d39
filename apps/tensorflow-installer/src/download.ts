/** Fetches one large file, goes on where an earlier try ended, and keeps it only if its SHA-256 is the expected one. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { codeOf, reasonOf } from "@tributary/platform";
import { fetchOrExplain, Impossible, withoutPassword } from "./package-index.ts";

export type Download = { readonly url: string; readonly sha256: string };

/**
 * Fetches the file to `path`, or does nothing where it is there already with that SHA-256. Throws Impossible where the
 * address cannot be reached or the bytes have another SHA-256; those bytes are removed.
 * @param onProgress is called with the bytes so far and in all; the latter is null where the server does not say
 */
export async function download({ url, sha256 }: Download, path: string, onProgress: Progress): Promise<void> {
  if ((await sizeOf(path)) !== null) {
    if ((await sha256Of(path)) === sha256) return;
    await rm(path);
  }
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  await fetchRest(url, part, onProgress);
  const got = await sha256Of(part);
  if (got !== sha256) {
    await rm(part);
    throw new Impossible(`${withoutPassword(url)} has sha256 ${got}, the index promises ${sha256}; removed`);
  }
  await rename(part, path);
}

type Progress = (bytes: number, ofBytes: number | null) => void;

/** Appends to `part` what it lacks, or writes it anew where the server sends the whole file. */
async function fetchRest(url: string, part: string, onProgress: Progress): Promise<void> {
  const had = (await sizeOf(part)) ?? 0;
  const response = await fetchOrExplain(url, had > 0 ? { range: `bytes=${had}-` } : {});
  // 416: nothing is left to fetch after `had` bytes.
  if (response.status === 416 && had > 0) return;
  if (!response.ok) throw new Impossible(`${withoutPassword(url)} answers ${response.status}`);
  await receive(response, part, response.status === 206 ? had : 0, onProgress);
}

async function receive(response: Response, part: string, from: number, onProgress: Progress): Promise<void> {
  if (response.body === null) throw new Impossible(`${withoutPassword(response.url)} answers with nothing`);
  const length = response.headers.get("content-length");
  const ofBytes = length === null ? null : from + Number(length);
  let bytes = from;
  const meter = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      onProgress(bytes, ofBytes);
      yield chunk;
    }
  };
  const sink = createWriteStream(part, { flags: from > 0 ? "a" : "w" });
  await pipeline(Readable.fromWeb(response.body as ReadableStream), meter, sink).catch((cause: unknown) => {
    const broken = `${withoutPassword(response.url)} broke off after ${bytes} bytes (${reasonOf(cause)})`;
    throw new Impossible(`${broken}; run it again to go on`, { cause });
  });
}

/** SHA-256 of a file, in lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
