/** Finds the programs on the machine that other parts need. */

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { reasonOf } from "@tributary/platform";
import { postgresBinaries } from "@tributary/storage";
import type { Found } from "./report.ts";

/** The PostgreSQL that a server would use. `databaseUrl`: DATABASE_URL. */
export async function findPostgres(databaseUrl: string | undefined): Promise<Found> {
  if (databaseUrl !== undefined && databaseUrl !== "")
    return { found: true, detail: "a server of its own, named in DATABASE_URL" };
  try {
    const program = join(postgresBinaries(), "bin", "postgres");
    return { found: true, detail: `${await versionOf(program)}, ${program}` };
  } catch (error) {
    return { found: false, detail: reasonOf(error) };
  }
}

const CHROMIUM = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The Chromium for `npm run demo` and the browser tests. `own`: CHROMIUM_PATH; `path`: PATH. */
export async function findChromium(own: string | undefined, path: string): Promise<Found> {
  const folders = ["/usr/bin", ...path.split(delimiter)];
  const all = own === undefined ? CHROMIUM.flatMap((name) => folders.map((one) => join(one, name))) : [own];
  for (const program of all.filter((one) => existsSync(one))) {
    const version = await versionOf(program).catch(() => null);
    if (version !== null) return { found: true, detail: `${version}, ${program}` };
  }
  return { found: false, detail: own === undefined ? "not in PATH" : `CHROMIUM_PATH is "${own}"` };
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, ["--version"], { timeout: 20_000 });
  return stdout.trim().split("\n", 1)[0] ?? "";
}
