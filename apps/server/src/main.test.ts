/** The built program as a user runs it, with its own PostgreSQL and its compute process. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isRunning } from "@tributary/platform/testing";
import { type TemporaryHome, temporaryHome } from "@tributary/storage/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const tokenEntry = fileURLToPath(new URL("../dist/commands/token.js", import.meta.url));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
type Ready = { readonly url: string; readonly adminToken: string };

function launch(program: string, environment: Readonly<Record<string, string>>) {
  const child = fork(program, { env: environment, stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
  const said = { out: "", err: "" };
  child.stdout?.on("data", (part: Buffer) => (said.out += String(part)));
  child.stderr?.on("data", (part: Buffer) => (said.err += String(part)));
  const ended = once(child, "close").then(([code]): Ended => ({ code, ...said }));
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once("message", (message) => resolve(message as Ready));
    void ended.then(({ err }) => reject(new Error(`the server ended before it was ready: ${err}`)));
  });
  ready.catch(() => undefined);
  return { child, ended, ready };
}

async function expectEnd(pid: number): Promise<void> {
  await expect.poll(() => isRunning(pid), { timeout: 10_000, interval: 50 }).toBe(false);
}

describe("the server as a program", { timeout: 240_000 }, () => {
  let home: TemporaryHome;
  const children = new Set<ChildProcess>();
  beforeAll(async () => {
    if (!existsSync(entry)) throw new Error(`${entry} is not there: build first, with npm run setup`);
    home = await temporaryHome();
  });
  afterAll(async () => {
    for (const child of children) child.kill("SIGTERM");
    await home.remove();
  });

  const start = (program = entry, environment: Readonly<Record<string, string>> = {}) => {
    const started = launch(program, {
      PATH: process.env.PATH ?? "",
      PORT: "0",
      TRIBUTARY_HOME: home.path,
      ...environment,
    });
    children.add(started.child);
    void started.ended.then(() => children.delete(started.child));
    return started;
  };
  const postgresPid = async () =>
    Number((await readFile(join(home.path, "postgres", "data", "postmaster.pid"), "utf8")).split("\n")[0]);

  it("[H28] it says where it is, answers, and on Ctrl-C ends with its PostgreSQL; a second start has the same state", async () => {
    const first = start();
    const ready = await first.ready;
    expect((await fetch(`${ready.url}/healthz`)).status).toBe(200);
    const pid = await postgresPid();
    expect(isRunning(pid)).toBe(true);
    first.child.kill("SIGINT");
    const ended = await first.ended;
    expect(ended.code).toBe(0);
    expect(ended.out).toContain(`Volunteer page: ${ready.url}/\n`);
    expect(ended.out).toContain(`Dashboard:      ${ready.url}/admin\n`);
    expect(ended.out).toContain(`Admin token:    ${ready.adminToken}\n`);
    await expectEnd(pid);

    const second = start(entry, { TRIBUTARY_READY_JSON: "1" });
    const again = await second.ready;
    expect(again.adminToken).toBe(ready.adminToken);
    expect(await (await fetch(`${again.url}/api/runs`)).json()).toHaveLength(1);
    const secondPid = await postgresPid();
    second.child.kill("SIGTERM");
    const { out } = await second.ended;
    const line = out.split("\n").find((text) => text.startsWith("{"));
    expect(JSON.parse(line ?? "")).toEqual({ type: "ready", ...again });
    expect(out).toContain(`Admin token:    in ${join(home.path, "admin-token")}\n`);
    await expectEnd(secondPid);
  });

  it("[H28] a second Ctrl-C does not wait, and still leaves no PostgreSQL behind", async () => {
    const server = start();
    await server.ready;
    const pid = await postgresPid();
    server.child.kill("SIGINT");
    server.child.kill("SIGINT");
    await server.ended;
    await expectEnd(pid);
  });

  it("[H28] Ctrl-C during the start ends it too, and leaves no PostgreSQL behind", async () => {
    const server = start();
    const data = join(home.path, "postgres", "data", "postmaster.pid");
    await expect.poll(() => existsSync(data), { timeout: 60_000, interval: 5 }).toBe(true);
    server.child.kill("SIGINT");
    expect((await server.ended).code).toBe(0);
    expect(existsSync(data)).toBe(false);
  });

  it("[H32] Ctrl-C ends it although its database is gone, without a wait for each run", {
    timeout: 30_000,
  }, async () => {
    const server = start();
    const { url } = await server.ready;
    process.kill(await postgresPid(), "SIGKILL");
    const health = async () => (await fetch(`${url}/healthz`)).status;
    await expect.poll(health, { timeout: 20_000 }).toBe(503);
    server.child.kill("SIGINT");
    expect((await server.ended).code).toBe(0);
  });

  it("[H2] wrong variables end it at once, each named with its value", async () => {
    const { code, err } = await start(entry, { PORT: "x1", COMPUTE: "maybe" }).ended;
    expect(code).toBe(2);
    expect(err).toMatch(/PORT must be .*"x1"/);
    expect(err).toMatch(/COMPUTE must be .*"maybe"/);
  });

  it("[H27] a port in use ends it with a plain line, its PostgreSQL included", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const { code, err } = await start(entry, { PORT: String(port) }).ended;
    other.close();
    expect(code).toBe(1);
    expect(err).toContain(`port ${port} of 127.0.0.1 is in use`);
    expect(existsSync(join(home.path, "postgres", "data", "postmaster.pid"))).toBe(false);
  });

  it("[H29] the token command makes one more token that opens the dashboard", async () => {
    const made = await start(tokenEntry).ended;
    expect(made.code).toBe(0);
    const token = made.out.trim();
    expect(token).toMatch(/^trb_/);
    const server = start();
    const { url, adminToken } = await server.ready;
    expect(token).not.toBe(adminToken);
    const operator = await fetch(`${url}/api/admin/operator`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(operator.status).toBe(200);
    server.child.kill("SIGINT");
    await server.ended;
  });
});
