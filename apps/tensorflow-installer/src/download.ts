/** Fetches one large file, goes on where an earlier try ended, and keeps it only if its SHA-256 is the expected one. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable, Transform } from "node:stream";
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
export async function download(
  { url, sha256 }: Download,
  path: string,
  onProgress: (bytes: number, ofBytes: number | null) => void,
): Promise<void> {
  if ((await sizeOf(path)) !== null) {
    if ((await sha256Of(path)) === sha256) return;
    await rm(path);
  }
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const had = (await sizeOf(part)) ?? 0;
  const response = await fetchOrExplain(url, had > 0 ? { range: `bytes=${had}-` } : {});
  // 416: nothing is left to fetch after `had` bytes.
  const resumed = response.status === 206 || (response.status === 416 && had > 0);
  if (!resumed && !response.ok) throw new Impossible(`${withoutPassword(url)} answers ${response.status}`);
  const hash = createHash("sha256");
  if (resumed) await hashFile(part, hash);
  if (response.status !== 416) {
    await receive(response, part, { hash, from: resumed ? had : 0, onProgress });
  }
  const got = hash.digest("hex");
  if (got !== sha256) {
    await rm(part, { force: true });
    throw new Impossible(`${withoutPassword(url)} has sha256 ${got}, the index promises ${sha256}; removed`);
  }
  await rename(part, path);
}

async function receive(
  response: Response,
  part: string,
  to: {
    readonly hash: Hash;
    readonly from: number;
    readonly onProgress: (bytes: number, ofBytes: number | null) => void;
  },
): Promise<void> {
  if (response.body === null) throw new Impossible(`${withoutPassword(response.url)} answers with nothing`);
  const length = response.headers.get("content-length");
  const ofBytes = length === null ? null : to.from + Number(length);
  let bytes = to.from;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      to.hash.update(chunk);
      bytes += chunk.length;
      to.onProgress(bytes, ofBytes);
      done(null, chunk);
    },
  });
  const sink = createWriteStream(part, { flags: to.from > 0 ? "a" : "w" });
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), meter, sink);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new Impossible(
      `${withoutPassword(response.url)} broke off after ${bytes} bytes (${reason}); run it again to go on`,
      { cause },
    );
  }
}

/** SHA-256 of a file, in lower-case hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await hashFile(path, hash);
  return hash.digest("hex");
}

async function hashFile(path: string, hash: Hash): Promise<void> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
