import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../packages/platform/testing/until.ts";
import { createReloader } from "./dev/reloader.mjs";
import { processesNaming } from "./processes.mjs";
import { copyRepository } from "./testing/copy-repository.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-scripts-"));
  // PostgreSQL, which has a user of its own under root, must be able to enter it.
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

test("[C19] `npm run dev` serves at one address, restarts the server after a change, and leaves nothing after Ctrl-C", async () => {
  await copyRepository(folder);
  const main = join(folder, "apps/server/src/main.ts");
  const source = await readFile(main, "utf8");
  const dev = startDev();
  try {
    const [, address] = await dev.says(/Volunteer page: (http:\S+)/);
    await dev.says(/Admin token: +\S+/);
    expect(await textAt(address)).toContain("/@vite/client");
    expect(await textAt(`${address}admin`)).toContain("/@vite/client");
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');

    await writeFile(main, `const = 1;\n${source}`);
    await dev.says(/the server runs on as it was: the sources do not compile/);
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');

    await writeFile(main, `${source}\nconsole.error("the change runs");\n`);
    await dev.says(/the change runs/);
    await dev.says(/server restarted in/);
    expect(await textAt(`${address}healthz`)).toBe('{"ok":true}');
    expect(processesNaming(folder).length).toBeGreaterThan(3);
  } finally {
    await expectCleanEnd(dev, "SIGINT");
  }

  // What a killed npm sends on.
  const another = startDev();
  try {
    await another.says(/Dashboard: /);
  } finally {
    await expectCleanEnd(another, "SIGTERM");
  }
}, 240_000);

/** Its fresh database is below the copy, so that all of its processes name the copy. */
function startDev() {
  const { PATH } = process.env;
  const env = { PATH, PORT: "0", TMPDIR: folder, LOG_LEVEL: "error", TRIBUTARY_DEMO_RUN: "none" };
  const child = spawn(process.execPath, [join(folder, "scripts/run.mjs"), "dev", "--fresh"], { env });
  const exit = once(child, "exit");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      said += part;
    });
  }
  return {
    child,
    exit,
    said: () => said,
    async says(pattern) {
      const holds = (text) => pattern.test(text);
      return (await until(`output with ${pattern}`, () => said, { timeoutMs: 90_000, holds })).match(pattern);
    },
  };
}

async function expectCleanEnd(dev, signal) {
  dev.child.kill(signal);
  const [code] = await dev.exit;
  expect({ code, output: code === 0 ? "" : dev.said() }).toEqual({ code: 0, output: "" });
  expect(processesNaming(folder)).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.startsWith("tributary-dev-"))).toEqual([]);
}

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
