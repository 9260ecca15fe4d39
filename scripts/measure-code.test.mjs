import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportsOf, forcedCasts } from "./measure/declarations.mjs";
import { functionsOf, quantile } from "./measure/functions.mjs";
import { parseSource } from "./measure/source-files.mjs";
import { findings, measure } from "./measure-code.mjs";
import { ROOT } from "./setup.mjs";

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-measure-"));
  execFileSync("git", ["init", "--quiet"], { cwd: folder });
});
afterEach(() => rm(folder, { recursive: true }));

test("[C17] the measure names each function, file, circle, cast and export that exceeds a limit", async () => {
  const lines = (count) => "\n".repeat(count);
  await write({
    "packages/a/package.json": JSON.stringify({
      name: "@t/a",
      exports: { ".": { source: "./src/index.ts" } },
    }),
    "packages/a/src/index.ts": `import type { B } from "./b.ts";\n\nexport type A = B | 1;\n`,
    "packages/a/src/b.ts": `/** A circle through the package's own name. */\nexport type B = import("@t/a").A;\n`,
    "apps/c/src/long.ts": `export const outer = () => {\n  [].map(() => {${lines(60)}});\n};\n`,
    "apps/c/src/cast.ts": `export const c = 1 as unknown as string;\n`,
    "apps/c/src/file.ts": lines(251),
    "apps/c/src/file.test.ts": lines(251),
    "apps/c/testing/support.ts": `export function support() {${lines(60)}}\n`,
  });
  expect(findings(measure(folder)).map(({ places }) => places)).toEqual([
    ["apps/c/src/long.ts:1 outer: 63", "apps/c/src/long.ts:2 (unnamed): 61"],
    ["apps/c/src/file.ts: 251"],
    ["packages/a/src/b.ts -> packages/a/src/index.ts -> packages/a/src/b.ts"],
    ["apps/c/src/cast.ts:1"],
    ["packages/a/src/index.ts:3 A"],
  ]);
});

test("[C17] `--check` passes a tree within the limits, and fails with the places of one that is not", async () => {
  await write({ "packages/a/src/a.ts": "/** One. */\nexport const a = 1;\n" });
  expect(run("--check")).toEqual({ status: 0, stdout: "", stderr: "" });
  await write({ "packages/a/src/b.ts": "export const b = 1;\n" });
  const { status, stderr } = run("--check");
  expect(status).toBe(1);
  expect(stderr).toBe("exports of packages without a doc comment: 1\n  packages/a/src/b.ts:1 b\n");
  expect(run("--strange").status).toBe(2);
  const report = run();
  expect(report.status).toBe(0);
  expect(report.stdout).toMatch(/^packages\/a +3 +0$/m);
  expect(report.stdout).toContain("import circles: 0");
});

test("[C17] functions count by their lines, named where they are declared, methods or assigned", () => {
  const file = parseSource(
    "a.ts",
    `export function declared(): void {
  const inner = () => 1;
  inner();
}
declare function ambient(): void;
const object = { method() {}, property: function () {}, [computed]: () => {} };
class Box { #hidden = () => {}; get size() { return 1; } }
object.assigned = () => {
};
list.map((x) => x);
`,
  );
  expect(functionsOf(file).map(({ name, lines }) => [name, lines])).toEqual([
    ["declared", 4],
    ["inner", 1],
    ["method", 1],
    ["property", 1],
    ["computed", 1],
    ["#hidden", 1],
    ["size", 1],
    ["assigned", 2],
    [null, 1],
  ]);
});

test("[C17] a schema and its type share a doc comment; a comment for the linter may follow it", () => {
  const file = parseSource(
    "a.ts",
    `/** Documented. */
export const Plan = schema();
export type Plan = Static<typeof Plan>;
/** Documented. */
// biome-ignore lint/x: reason
export function f(): void {}
// not a doc comment
export interface G {}
/** Something else's. */
const x = 1;
export const { a, b: [c] } = x;
export { x } from "./x.ts";
`,
  );
  expect(exportsOf(file).map(({ name, isDocumented }) => [name, isDocumented])).toEqual([
    ["Plan", true],
    ["f", true],
    ["G", false],
    ["a", false],
    ["c", false],
  ]);
});

test("[C17] a forced cast has its reason on its line, or above it or its statement", () => {
  const file = parseSource(
    "a.ts",
    `const a = 1 as unknown as string;
const b = 1 as unknown as string; // reason
// reason
const c = f({
  x: 1 as unknown as string,
});

const d = 1 as string;
`,
  );
  expect(forcedCasts(file).map(({ line, hasReason }) => [line, hasReason])).toEqual([
    [1, false],
    [2, true],
    [5, true],
  ]);
});

test("[C17] a quantile is the smallest value that covers its share", () => {
  const values = Array.from({ length: 20 }, (_, index) => 20 - index);
  expect([quantile(values, 0.5), quantile(values, 0.95), quantile([7], 0.95), quantile([], 0.5)]).toEqual([
    10, 19, 7, 0,
  ]);
});

async function write(files) {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function run(...args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "scripts/measure-code.mjs"), ...args],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}
