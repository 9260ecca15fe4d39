import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { removeStaleOutputs } from "./compile.mjs";
import { needsOf } from "./test-needs.mjs";
import { copyRepository } from "./testing/copy-repository.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-scripts-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("what the selected tests need", () => {
  test("[C18] it is found in the test, in what it imports, and in the scripts that it names", async () => {
    await write({
      "packages/a/package.json": `{ "name": "@t/a", "exports": { ".": { "source": "./src/a.ts" } } }`,
      "packages/a/src/a.ts": `import "./b.ts";`,
      "packages/a/src/b.ts": "process.env.TEST_POSTGRES_ADMIN_URL",
      "packages/a/src/own.test.ts": `new URL("../dist/main.js", import.meta.url)`,
      "packages/a/src/none.test.ts": `import "node:path";\nimport "./distance.ts";`,
      "packages/a/src/distance.ts": "export const distance = 1;",
      "packages/c/src/imports.test.ts": `import { a } from "@t/a";`,
      "scripts/start.mjs": `spawn("apps/x/dist/main.js", process.env.CHROMIUM_PATH)`,
      "scripts/names.test.mjs": `run(join(ROOT, "scripts/start.mjs"))`,
    });
    const needs = (path) => needsOf([join(folder, path)], folder);
    const nothing = { build: false, postgres: false, chromium: false, firefox: false };
    expect(needs("packages/a/src/none.test.ts")).toEqual(nothing);
    expect(needs("packages/a/src/own.test.ts")).toEqual({ ...nothing, build: true });
    expect(needs("packages/c/src/imports.test.ts")).toEqual({ ...nothing, postgres: true });
    expect(needs("scripts/names.test.mjs")).toEqual({ ...nothing, build: true, chromium: true });
  });

  test("[C18] a compiled file whose source is gone is removed before the next compilation", async () => {
    const kept = ["dist/a.js", "dist/a.d.ts.map", "dist/b/c.js", "dist/d.js", "dist/.tsbuildinfo"];
    const stale = ["dist/old.js", "dist/old.js.map", "dist/old.d.ts", "dist/b/old.js"];
    for (const path of ["src/a.ts", "src/b/c.tsx", "src/d.js", ...kept, ...stale])
      await write({ [path]: "" });
    removeStaleOutputs(folder);
    expect(kept.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    expect(stale.filter((path) => existsSync(join(folder, path)))).toEqual([]);
  });
});

test("[C18] a test that starts a built program sees an exit code that changed in the source", async () => {
  await copyRepository(folder);
  const main = join(folder, "apps/server/src/main.ts");
  const source = await readFile(main, "utf8");
  await write({
    "apps/server/src/planted.test.ts": `
      import { spawnSync } from "node:child_process";
      import { expect, test } from "vitest";
      test("planted", () => {
        expect(spawnSync(process.execPath, ["apps/server/dist/main.js", "--strange"]).status).toBe(2);
      });`,
  });
  const planted = ["node_modules/vitest/vitest.mjs", "run", "apps/server/src/planted.test.ts"];
  expect(await runNode(planted)).toMatchObject({ code: 0 });

  expect(source).toContain("process.exit(2)");
  await writeFile(main, source.replaceAll("process.exit(2)", "process.exit(3)"));
  const changed = await runNode(planted);
  expect(changed.code).toBe(1);
  expect(changed.output).toMatch(/expected 3 to be 2/);

  await writeFile(main, `${source}\nconst = 1;\n`);
  const broken = await runNode(planted);
  expect(broken.code).toBe(1);
  expect(broken.output).toContain("the tests start built programs, and the build failed");
  expect(broken.output).toContain("apps/server/src/main.ts");
}, 240_000);

async function write(files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function runNode(args) {
  return new Promise((resolve) => {
    // The copy's Vitest is not a part of this one.
    const { PATH, HOME, TMPDIR } = process.env;
    execFile(process.execPath, args, { cwd: folder, env: { PATH, HOME, TMPDIR } }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, output: stdout + stderr }),
    );
  });
}
