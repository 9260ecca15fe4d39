import { type ChildProcess, spawn } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "./database.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

let directory: string;
const said: string[] = [];
const start = () => startEmbeddedPostgres({ directory, log: (message) => said.push(message) });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tributary-embedded-"));
  said.length = 0;
});
afterEach(async () => {
  // Where a test put the files elsewhere, as [S38] does.
  for (const name of await readdir(directory, { recursive: true })) {
    if (!name.endsWith("/location")) continue;
    await rm((await readFile(join(directory, name), "utf8")).trim(), { recursive: true });
  }
  await rm(directory, { recursive: true, force: true });
});

test("[S31] the embedded PostgreSQL keeps its data over a restart, asks for its password and listens on 127.0.0.1", async () => {
  const first = await start();
  await query(first.databaseUrl, "create table kept (value integer); insert into kept values (7)");
  const settings = await query(
    first.databaseUrl,
    "select current_setting('listen_addresses') as address, current_setting('server_encoding') as encoding",
  );
  expect(settings[0]).toMatchObject({ address: "127.0.0.1", encoding: "UTF8" });
  const wrong = first.databaseUrl.replace(/:[^:@/]+@/, ":wrong@");
  await expect(query(wrong, "select 1")).rejects.toThrow(/password authentication failed/);
  expect((await stat(join(directory, "password"))).mode & 0o777).toBe(0o600);
  await first.stop();
  await expect(access(join(directory, "data", "postmaster.pid"))).rejects.toThrow();

  const second = await start();
  expect(await query(second.databaseUrl, "select value from kept")).toMatchObject([{ value: 7 }]);
  await second.stop();
});

test("[S32] two servers cannot use one folder: the second gets an error that names it, the first goes on", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(`another Tributary server uses ${directory}`);
  expect(await query(first.databaseUrl, "select 1 as one")).toMatchObject([{ one: 1 }]);
  await first.stop();
});

test("[S33] after a kill -9 of the server its PostgreSQL is found, taken over and stopped by the next", async () => {
  const killed = await startInProcess();
  const postmaster = await postmasterPid();
  killed.kill("SIGKILL");
  const next = await start();
  expect(said).toContain(`taking the PostgreSQL that runs already (process ${postmaster})`);
  expect(await postmasterPid()).toBe(postmaster);
  await next.stop();
  await expect(query(next.databaseUrl, "select 1")).rejects.toThrow(/ECONNREFUSED/);
});

test("[S34] after a kill -9 of PostgreSQL itself what was committed is there at the next start", async () => {
  const first = await start();
  await query(first.databaseUrl, "create table kept (value integer); insert into kept values (7)");
  process.kill(await postmasterPid(), "SIGKILL");
  const next = await start();
  expect(await query(next.databaseUrl, "select value from kept")).toMatchObject([{ value: 7 }]);
  await next.stop();
  await first.stop();
});

test("[S35] a stale postmaster.pid whose number now belongs to another program is no obstacle", async () => {
  await (await start()).stop();
  const file = join(directory, "data", "postmaster.pid");
  await writeFile(file, `${process.pid}\n${join(directory, "data")}\n1\n5432\n\n127.0.0.1\n\nready   \n`);
  const next = await start();
  expect(await query(next.databaseUrl, "select 1 as one")).toMatchObject([{ one: 1 }]);
  await next.stop();
});

test("[S36] files left by a creation that was killed halfway are no obstacle", async () => {
  await mkdir(join(directory, "data.0badcafe", "base"), { recursive: true });
  const server = await start();
  expect(await query(server.databaseUrl, "select 1 as one")).toMatchObject([{ one: 1 }]);
  await server.stop();
});

test("[S37] stop ends PostgreSQL although connections are open, and a second stop does nothing", async () => {
  const server = await start();
  const sql = connect(server.databaseUrl, { max: 1, name: "tributary test" });
  const sleeping = sql`select pg_sleep(600)`.then(
    () => "slept",
    () => "ended",
  );
  await query(server.databaseUrl, "select 1");
  const postmaster = await postmasterPid();
  await server.stop();
  await server.stop();
  expect(await sleeping).toBe("ended");
  expect(() => process.kill(postmaster, 0)).toThrow(/ESRCH/);
  await sql.end({ timeout: 0 });
});

test("[S38] as root, files below a folder that PostgreSQL's user cannot enter go to /var/lib/tributary, and are found there again", async () => {
  const home = join(directory, "closed", "postgres");
  await mkdir(join(directory, "closed"), { mode: 0o700 });
  const startAtHome = () => startEmbeddedPostgres({ directory: home, log: () => undefined });
  const first = await startAtHome();
  await query(first.databaseUrl, "create table kept (value integer); insert into kept values (7)");
  await first.stop();
  const second = await startAtHome();
  expect(await query(second.databaseUrl, "select value from kept")).toMatchObject([{ value: 7 }]);
  await second.stop();
  if (process.getuid?.() === 0) {
    const root = (await readFile(join(home, "location"), "utf8")).trim();
    expect(root).toMatch(/^\/var\/lib\/tributary\/data-[0-9a-f]{12}$/);
  } else {
    expect(await readdir(home)).toContain("data");
  }
});

async function query(databaseUrl: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const sql = connect(databaseUrl, { max: 1, name: "tributary test" });
  try {
    return [...(await sql.unsafe(text).simple())];
  } finally {
    await sql.end({ timeout: 0 });
  }
}

async function postmasterPid(): Promise<number> {
  return Number((await readFile(join(directory, "data", "postmaster.pid"), "utf8")).split("\n")[0]);
}

/** A server in a process of its own, which can be killed. */
async function startInProcess(): Promise<ChildProcess> {
  const module = new URL("../dist/embedded-postgres.js", import.meta.url).href;
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, log: () => {} });
    process.stdout.write("ready");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once("data", () => resolve());
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return child;
}
