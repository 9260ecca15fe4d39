/** Applies migrations/*.sql in the order of their names: forward only, each once, all pending ones or none. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { places, sha256 } from "@tributary/platform";
import type { Database, Queryable } from "./database.ts";

/** The migrations of this version of the code. */
export const migrationsDirectory = places.migrations;

type Migration = { readonly name: string; readonly hash: string; readonly text: string };

/**
 * Brings the database to the newest schema; returns the names of the migrations that it applied.
 * Throws, changing nothing, when a migration that the database has is missing in `directory`, has another
 * content, or comes after one that is yet to be applied; the error names it.
 */
export async function migrate(sql: Database, directory = migrationsDirectory): Promise<readonly string[]> {
  const migrations = await readMigrations(directory);
  return sql.begin(async (transaction) => {
    await transaction`/* lock-migrations */ select pg_advisory_xact_lock(hashtextextended('tributary migrations', 0))`;
    const pending = pendingMigrations(migrations, await appliedMigrations(transaction));
    for (const { name, hash, text } of pending) {
      await transaction.unsafe(text).simple();
      await transaction`/* note-migration */ insert into applied_migrations (name, hash) values (${name}, ${hash})`;
    }
    return pending.map((migration) => migration.name);
  });
}

async function readMigrations(directory: string): Promise<readonly Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), "utf8");
      return { name, text, hash: sha256(text) };
    }),
  );
}

async function appliedMigrations(sql: Queryable): Promise<ReadonlyMap<string, string>> {
  await sql`
    /* create-migrations-table */
    create table if not exists applied_migrations (
      name text primary key,
      hash text not null,
      applied_at timestamptz not null default now()
    )`;
  const rows = await sql<{ name: string; hash: string }[]>`
    /* list-migrations */
    select name, hash from applied_migrations order by name`;
  return new Map(rows.map((row) => [row.name, row.hash]));
}

function pendingMigrations(
  migrations: readonly Migration[],
  applied: ReadonlyMap<string, string>,
): readonly Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, hash] of applied) {
    const migration = known.get(name);
    if (migration === undefined)
      throw new Error(`migration ${name} is in the database, but not in this version`);
    if (migration.hash !== hash) throw new Error(`migration ${name} was changed after it was applied`);
  }
  const newest = [...applied.keys()].at(-1) ?? "";
  const pending = migrations.filter((migration) => !applied.has(migration.name));
  const late = pending.find((migration) => migration.name < newest);
  if (late !== undefined)
    throw new Error(`migration ${late.name} comes before ${newest}, which is applied already`);
  return pending;
}
