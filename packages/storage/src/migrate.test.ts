import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "../testing/database.ts";
import { connect, type Database } from "./database.ts";
import { migrate, migrationsDirectory } from "./migrate.ts";

let database: TestDatabase;
let sql: Database;
let directory: string;

beforeAll(async () => {
  database = await openTestDatabase();
  sql = connect(database.databaseUrl, { max: 4, name: "tributary test" });
});
afterAll(async () => {
  await sql.end();
  await database.close();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tributary-migrations-"));
  await cp(migrationsDirectory, directory, { recursive: true });
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("[S29] a changed or missing applied migration is an error that names it", async () => {
  expect(await migrate(sql)).toEqual([]);
  await writeFile(join(directory, "0002_rounds.sql"), "select 1;");
  await expect(migrate(sql, directory)).rejects.toThrow(/0002_rounds.sql was changed after it was applied/);
  await rm(join(directory, "0002_rounds.sql"));
  await expect(migrate(sql, directory)).rejects.toThrow(
    /0002_rounds.sql is in the database, but not in this/,
  );
});

test("[S30] migrations apply in order, all pending ones or none, and never before one that is applied", async () => {
  await writeFile(join(directory, "9001_first.sql"), "create table first (id integer);");
  await writeFile(join(directory, "9002_second.sql"), "create table second (id integer references nowhere);");
  await expect(migrate(sql, directory)).rejects.toThrow(/nowhere/);
  expect((await sql`select to_regclass('first') as found`)[0]?.found).toBeNull();

  await writeFile(join(directory, "9002_second.sql"), "create table second (id integer); drop table first;");
  const both = await Promise.all([migrate(sql, directory), migrate(sql, directory)]);
  expect(both.flat()).toEqual(["9001_first.sql", "9002_second.sql"]);

  await writeFile(join(directory, "9001_between.sql"), "select 1;");
  await expect(migrate(sql, directory)).rejects.toThrow(/9001_between.sql comes before 9002_second.sql/);
});

test("[S42] a plan from before strategies and DynaFed were apart is read as what it meant", async () => {
  const keep = (run: string, plan: Record<string, unknown>) =>
    sql`insert into runs (run, name, plan) values (${run}, ${run}, ${sql.json(plan as never)})`;
  await keep("old-dynafed", { seed: 1, strategy: { kind: "dynafed", snapshots: 5 } });
  await keep("old-fedavg", { seed: 1, strategy: { kind: "fedavg" } });
  const today = { seed: 1, strategy: { kind: "fedprox", mu: 1 }, dynafed: { snapshots: 6 } };
  await keep("today", today);
  const statements = await readFile(join(migrationsDirectory, "0005_strategy_and_dynafed.sql"), "utf8");
  await sql.unsafe(statements);
  const rows = await sql<{ run: string; plan: unknown }[]>`delete from runs returning run, plan`;
  expect(Object.fromEntries(rows.map(({ run, plan }) => [run, plan]))).toEqual({
    "old-dynafed": { seed: 1, strategy: { kind: "fedavg" }, dynafed: { snapshots: 5 } },
    "old-fedavg": { seed: 1, strategy: { kind: "fedavg" }, dynafed: null },
    today,
  });
});

test("[S44] a plan from before networks read tables is read with its old meaning", async () => {
  const keep = (run: string, plan: Record<string, unknown>) =>
    sql`insert into runs (run, name, plan) values (${run}, ${run}, ${sql.json(plan as never)})`;
  const preprocessing = { mean: 0.5, std: 0.25 };
  const colour = { image: [8, 8, 3], classes: 2 };
  await keep("mlp", { network: { kind: "mlp", ...colour, hidden: [4] }, preprocessing, dynafed: null });
  const convnet = { kind: "convnet", ...colour, image: [8, 8, 1], width: 4, depth: 1 };
  await keep("convnet", { network: convnet, preprocessing, dynafed: { snapshots: 5, augment: true } });
  const today = {
    network: { kind: "mlp", input: [5], outputs: 1, loss: "squared-error", hidden: [] },
    preprocessing: { mean: [0.5], std: [1] },
    dynafed: { augment: "none", noiseStd: 0 },
  };
  await keep("today", today);
  await sql.unsafe(await readFile(join(migrationsDirectory, "0009_networks.sql"), "utf8"));
  const rows = await sql<{ run: string; plan: unknown }[]>`delete from runs returning run, plan`;
  expect(Object.fromEntries(rows.map(({ run, plan }) => [run, plan]))).toEqual({
    mlp: {
      network: { kind: "mlp", input: [8, 8, 3], outputs: 2, loss: "cross-entropy", hidden: [4] },
      preprocessing: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
      dynafed: null,
    },
    convnet: {
      network: convnet,
      preprocessing: { mean: [0.5], std: [0.25] },
      dynafed: { snapshots: 5, augment: "siamese", noiseStd: 0 },
    },
    today,
  });
});
