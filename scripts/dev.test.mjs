import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../packages/platform/testing/until.ts";
import { createReloader } from "./dev/reloader.mjs";
import { processesNaming } from "./processes.mjs";
import { copyRepository } from "./testing/copy-repository.mjs";

const SLOW = { timeoutMs: 90_000 };

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-scripts-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("[C19] `npm run dev` serves at one address, restarts the server after a change, and leaves nothing after Ctrl-C", async () => {
  await copyRepository(folder);
  const main = join(folder, "apps/server/src/main.ts");
  const source = await readFile(main, "utf8");
  const child = spawn(process.execPath, [join(folder, "scripts/run.mjs"), "dev", "--fresh"], {
    // The fresh database lies below the copy, so that its processes name the copy too.
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      TMPDIR: folder,
      LOG_LEVEL: "error",
      TRIBUTARY_DEMO_RUN: "none",
    },
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => said.push(String(part)));
  const hears = (pattern) => until(`output with ${pattern}`, () => said.join("").match(pattern), SLOW);
  try {
    const [, address] = await hears(/Volunteer page: (http:\S+)/);
    await hears(/Admin token: +\S+/);
    expect(await textAt(address)).toContain("/@vite/client");
    expect(await textAt(`${address}admin`)).toContain("/@vite/client");
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');

    await writeFile(main, `const = 1;\n${source}`);
    await hears(/the server runs on as it was: the sources do not compile/);
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');

    await writeFile(main, `${source}\nconsole.error("the change runs");\n`);
    await hears(/the change runs[\s\S]*server restarted in/);
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');
    expect(processesNaming(folder).length).toBeGreaterThan(3);

    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect({ code, output: code === 0 ? "" : said.join("") }).toEqual({ code: 0, output: "" });
    expect(processesNaming(folder)).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.startsWith("tributary-dev-"))).toEqual([]);
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}, 240_000);

test("[C19] many changes at once cause one restart; a change during a compilation causes another compilation first", async () => {
  const did = [];
  let finish = () => undefined;
  const reloader = createReloader({
    compile: () => {
      did.push("compile");
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    restart: async () => did.push("restart"),
    say: (line) => did.push(line.replace(/[\d.]+ s/, "0 s")),
  });
  const happened = (...expected) => until(expected.join(", "), () => did.join() === expected.join());

  for (let count = 0; count < 3; count++) reloader.changed();
  await happened("compile");
  reloader.changed();
  finish({ code: 0, output: "" });
  await happened("compile", "compile");
  finish({ code: 0, output: "" });
  await happened("compile", "compile", "restart", "server restarted in 0 s");

  did.length = 0;
  reloader.changed();
  await happened("compile");
  finish({ code: 2, output: "a.ts(1,1): error\n" });
  const refusal = "a.ts(1,1): error\nthe server runs on as it was: the sources do not compile";
  await happened("compile", refusal);
});

async function textAt(url) {
  return (await fetch(url)).text();
}
