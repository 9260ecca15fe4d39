/** The files of a PostgreSQL: created once, with a generated password. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, chown, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { codeOf } from "@tributary/platform";
import type { PostgresLocation } from "./postgres-location.ts";

/** The folder that PostgreSQL calls its data directory. */
export function dataDirectory(location: PostgresLocation): string {
  return join(location.root, "data");
}

/**
 * Creates the database files if there are none, and returns the password. A creation that is killed halfway leaves only
 * a folder that nobody uses. Throws where `initdb` fails.
 */
export async function ensureCluster(
  location: PostgresLocation,
  log: (message: string) => void,
): Promise<string> {
  const password = await ensurePassword(location);
  const data = dataDirectory(location);
  if (await exists(join(data, "PG_VERSION"))) return password;
  log(`creating the database in ${location.root}`);
  const partial = `${data}.${randomBytes(4).toString("hex")}`;
  await initialise(location, partial);
  // Another server may have created them first: those stay.
  await rename(partial, data).catch(() => rm(partial, { recursive: true }));
  return password;
}

async function ensurePassword(location: PostgresLocation): Promise<string> {
  const file = passwordFile(location);
  const password = randomBytes(24).toString("hex");
  try {
    await writeFile(file, `${password}\n`, { mode: 0o600, flag: "wx" });
    if (location.user !== null) await chown(file, location.user.uid, location.user.gid);
    return password;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    return (await readFile(file, "utf8")).trim();
  }
}

function passwordFile(location: PostgresLocation): string {
  return join(location.root, "password");
}

async function initialise(location: PostgresLocation, data: string): Promise<void> {
  const flags = ["--username=postgres", "--auth=scram-sha-256", "--locale=C", "--encoding=UTF8"];
  const files = [`--pgdata=${data}`, `--pwfile=${passwordFile(location)}`];
  try {
    await promisify(execFile)(join(location.bin, "initdb"), [...flags, ...files], {
      ...location.user,
      cwd: "/",
      env: { LC_ALL: "C" },
    });
  } catch (cause) {
    await rm(data, { recursive: true, force: true });
    throw new Error(`PostgreSQL could not create its files in ${data}`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
