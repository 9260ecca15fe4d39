import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeLock } from "../packages/platform/src/lock-file.js";
import { fingerprint } from "./fingerprint.mjs";
import { PROGRAMS } from "./programs.mjs";
import { ROOT, refuseOldNode } from "./setup.mjs";
import { summarize } from "./summary-reporter.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-scripts-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("setup", () => {
  test("[C1] a second setup does nothing and says nothing", async () => {
    await runNode(["scripts/setup.mjs"]);
    expect(await runNode(["scripts/setup.mjs"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("[C2] a fingerprint follows contents and names, and nothing else", async () => {
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src/a.ts"), "1");
    const first = fingerprint(folder, ["src", "missing.json"]);

    await writeFile(join(folder, "src/a.ts"), "1");
    await mkdir(join(folder, "src/node_modules"));
    await writeFile(join(folder, "src/node_modules/b.js"), "2");
    expect(fingerprint(folder, ["src", "missing.json"])).toBe(first);

    await writeFile(join(folder, "src/a.ts"), "2");
    const changed = fingerprint(folder, ["src", "missing.json"]);
    await writeFile(join(folder, "src/b.ts"), "");
    const added = fingerprint(folder, ["src", "missing.json"]);
    await rm(join(folder, "src/a.ts"));
    const removed = fingerprint(folder, ["src", "missing.json"]);
    await writeFile(join(folder, "missing.json"), "");
    const appeared = fingerprint(folder, ["src", "missing.json"]);
    expect(new Set([first, changed, added, removed, appeared]).size).toBe(5);
  });

  test("[C3] two commands at once set up one after the other", async () => {
    const path = join(folder, "lock");
    const releaseFirst = await takeLock(path);
    const order = [];
    let waits;
    const waiting = new Promise((resolve) => {
      waits = resolve;
    });
    const second = takeLock(path, { onWait: waits }).then((release) => {
      order.push("second");
      release();
    });
    await waiting;
    order.push("first");
    releaseFirst();
    await second;
    expect(order).toEqual(["first", "second"]);
  });

  test("[C3] the lock of a command that was killed is taken over", async () => {
    const path = join(folder, "lock");
    const holder = spawn(process.execPath, ["-e", ""]);
    await once(holder, "exit");
    await writeFile(path, String(holder.pid));
    const release = await takeLock(path, { onWait: () => expect.unreachable("nobody holds this lock") });
    expect(await readFile(path, "utf8")).toBe(String(process.pid));
    release();
  });

  test("[C4] an old Node is refused with the version that is needed", () => {
    expect(() => refuseOldNode("20.18.3")).toThrow("Node 20.19 or newer is needed, this is 20.18.3.");
    expect(() => refuseOldNode("18.20.0")).toThrow("18.20.0");
    for (const version of ["20.19.0", "22.0.0", "24.1.0"]) expect(refuseOldNode(version)).toBeUndefined();
  });
});

describe("running a program", () => {
  test("[C5] an unknown program is refused with the names of those that there are", async () => {
    const { code, stderr } = await runNode(["scripts/run.mjs", "strat"]);
    expect(code).toBe(2);
    expect(stderr).toContain('unknown program "strat"; known are: start, dev, volunteers, demo');
  });

  test("[C15] every program prints its usage for --help, and refuses an option that it does not know", async () => {
    for (const program of Object.values(PROGRAMS)) {
      const [help, strange] = await Promise.all(
        ["--help", "--strange"].map((option) => runNode([program, option])),
      );
      expect({ program, ...help }).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toMatch(/npm (run|start)/);
      expect({ program, code: strange.code, stdout: strange.stdout }).toEqual({
        program,
        code: 2,
        stdout: "",
      });
      expect(strange.stderr).toContain("--strange");
    }
  }, 300_000);

  test("[C6] a Ctrl-C that comes twice at once reaches the program once, and its exit code is passed on", async () => {
    const program = `
      let count = 0;
      process.on("SIGINT", () => {
        count += 1;
        setTimeout(() => { console.log("interrupted " + count); process.exit(7); }, 1000);
      });
      setInterval(() => {}, 1000);
      console.log("ready");`;
    const wrapper = `
      import { runInForeground } from ${JSON.stringify(join(ROOT, "scripts/child.mjs"))};
      process.exit(await runInForeground(process.execPath, ["-e", ${JSON.stringify(program)}]));`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", wrapper]);
    const output = [];
    child.stdout.on("data", (part) => output.push(part.toString()));
    await once(child.stdout, "data");
    child.kill("SIGINT");
    child.kill("SIGINT");
    const [code] = await once(child, "close");
    expect({ code, output: output.join("") }).toEqual({ code: 7, output: "ready\ninterrupted 1\n" });
  });
});

describe("npm test", () => {
  test("[C7] every failure counts once, also of files that cannot be loaded, and skipped tests are named", () => {
    const tests = (...states) =>
      states.map(([state, mode], index) => ({
        fullName: `test ${index}`,
        options: { mode },
        result: () => ({ state, note: "why" }),
      }));
    const file = (state, ...states) => ({
      state: () => state,
      children: { allTests: () => tests(...states) },
    });
    const modules = [
      file("passed", ["passed", "run"], ["passed", "run"], ["skipped", "skip"]),
      file("failed", ["passed", "run"], ["failed", "run"]),
      file("failed", ["skipped", "run"]),
      file("failed"),
    ];
    expect(summarize(modules, [new Error("outside any test")])).toEqual({
      passed: 3,
      failed: 4,
      skipped: ["test 2 (why)"],
    });
  });

  test("[C7] the last line of a test run is `N passed, N failed`", async () => {
    const file = join(folder, "one.test.mjs");
    const config = join(folder, "vitest.config.mjs");
    const reporter = join(ROOT, "scripts/summary-reporter.mjs");
    await writeFile(
      config,
      `export default { root: ${JSON.stringify(ROOT)}, test: { dir: ${JSON.stringify(folder)}, globals: true,
        include: ["**/*.test.mjs"], reporters: [${JSON.stringify(reporter)}] } };`,
    );
    await writeFile(file, 'test("a", () => {}); test("b", () => { throw new Error("b"); });');
    const { code, stdout } = await runNode(["node_modules/vitest/vitest.mjs", "run", "--config", config]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("1 passed, 1 failed");
    expect(code).not.toBe(0);
  });
});

/** Runs Node in `cwd`, without anything on its stdin. */
function runNode(args, cwd = ROOT) {
  return new Promise((resolve) => {
    const env = { ...process.env, TEST_SUMMARY_FILE: "" };
    execFile(process.execPath, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    ).stdin.end();
  });
}
