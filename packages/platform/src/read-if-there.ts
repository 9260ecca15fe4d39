import { readFile } from "node:fs/promises";
import { codeOf } from "./reason-of.ts";

/** The bytes of the file at `path`; null where there is no such file. Throws on every other error. */
export function readIfThere(path: string): Promise<Uint8Array | null> {
  return ifThere(readFile(path));
}

/** The file at `path` as UTF-8 text; null where there is no such file. Throws on every other error. */
export function readTextIfThere(path: string): Promise<string | null> {
  return ifThere(readFile(path, "utf8"));
}

async function ifThere<Content>(reading: Promise<Content>): Promise<Content | null> {
  try {
    return await reading;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}
