/** The linter and the manifests hold what CONTRIBUTING.md says about layers. Each rule is tried on a planted fault. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runQuietly } from "./child.mjs";
import { ROOT } from "./setup.mjs";
import { readManifest, workspacePackages } from "./workspace.mjs";

const IMPORTS = "lint/style/noRestrictedImports";
const GLOBALS = "lint/style/noRestrictedGlobals";
const UNDECLARED = "lint/correctness/noUndeclaredDependencies";
const CIRCLE = "lint/suspicious/noImportCycles";
const ENVIRONMENT = "lint/style/noProcessEnv";
const PLUGIN = "plugin";

/** Lowest first. A package depends only on packages of lower levels; apps may depend on all of them. */
const LEVELS = [
  ["strategy", "platform", "report"],
  ["protocol"],
  ["kernels"],
  ["model"],
  ["volunteer", "rounds", "datasets", "backends"],
  ["connection", "storage"],
];
const PURE = ["protocol", "strategy", "model", "kernels", "rounds", "datasets", "volunteer", "connection"];
const GLOBAL_USES = [
  "setTimeout(() => {}, 1)",
  "setInterval(() => {}, 1)",
  "queueMicrotask(() => {})",
  "Date.now()",
  "new Date()",
  "performance.now()",
  "crypto.randomUUID()",
  "process.pid",
  "document.body",
  "window.name",
  "localStorage.length",
  "fetch('/')",
  "globalThis",
];

/** Path, content, and the rules that refuse it. */
const FAULTS = [
  ...PURE.flatMap((name) => [
    [`packages/${name}/src/planted-node.ts`, 'export { hash } from "node:crypto";\n', IMPORTS],
    [`packages/${name}/src/planted/timer.ts`, "export const wait = () => setTimeout(wait, 1);\n", GLOBALS],
    [`packages/${name}/src/planted/clock.ts`, "export const now = () => Date.now();\n", GLOBALS],
    [`packages/${name}/src/planted/chance.ts`, "export const chance = () => Math.random();\n", PLUGIN],
  ]),
  ...GLOBAL_USES.map((use, index) => [
    `packages/rounds/src/planted/use-${index}.ts`,
    `export const use = () => ${use};\n`,
    GLOBALS,
  ]),
  ["packages/protocol/src/codec.ts", "export const now = () => Date.now();\n", GLOBALS],
  ["apps/server/src/planted-sql.ts", 'export { default } from "postgres";\n', IMPORTS, UNDECLARED],
  ["packages/rounds/src/planted-sql.ts", 'export { default } from "postgres";\n', IMPORTS, UNDECLARED],
  ["packages/protocol/src/planted-wire.ts", 'export { pack } from "msgpackr";\n', IMPORTS],
  ["packages/storage/src/planted-wire.ts", 'export { pack } from "msgpackr";\n', IMPORTS, UNDECLARED],
  ["apps/server/src/planted-env.ts", "export const host = process.env.HOST;\n", ENVIRONMENT],
  ["packages/storage/src/config.ts", "export const host = process.env.HOST;\n", ENVIRONMENT],
  ["packages/rounds/src/planted-up.ts", 'export { openStorage } from "@tributary/storage";\n', UNDECLARED],
  ["packages/model/src/planted-up.ts", 'export type { Round } from "@tributary/rounds";\n', UNDECLARED],
  ["packages/rounds/src/planted-climb.ts", 'export * from "../../storage/src/index.ts";\n', PLUGIN],
  ["packages/rounds/src/climb.test.ts", 'export * from "../../storage/testing/index.ts";\n', PLUGIN],
  ["apps/lab/src/planted-climb.ts", 'export type Run = import("../../server/src/index.ts").Run;\n', PLUGIN],
  ["apps/server/src/planted/a.ts", 'import type { B } from "./b.ts";\n\nexport type A = B[];\n', CIRCLE],
  ["apps/server/src/planted/b.ts", 'import type { A } from "./a.ts";\n\nexport type B = A | 1;\n', CIRCLE],
  ["packages/model/src/planted/c.ts", 'import { d } from "./d.ts";\n\nexport const c = () => d;\n', CIRCLE],
  ["packages/model/src/planted/d.ts", 'import { c } from "./c.ts";\n\nexport const d = () => c;\n', CIRCLE],
];

/** Where the same is right. */
const ALLOWED = [
  ["packages/datasets/src/node/planted.ts", 'export { hash } from "node:crypto";\n'],
  ["packages/platform/src/planted.ts", "export const now = () => Date.now();\n"],
  ["packages/rounds/src/planted.test.ts", 'import "node:fs";\n\nsetTimeout(() => {}, Math.random());\n'],
  ["packages/storage/src/planted-sql.ts", 'export { default } from "postgres";\n'],
  ["packages/rounds/testing/planted.ts", 'export { hash } from "../src/planted-down.ts";\n'],
  ["packages/rounds/src/planted-down.ts", 'export { hash } from "@tributary/protocol";\n'],
  ["apps/server/src/config.ts", "export const host = process.env.HOST;\n"],
  ["apps/server/src/main.ts", "export const host = process.env.HOST;\n"],
];

let folder;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-lint-"));
  const config = JSON.parse(await readFile(join(ROOT, "biome.json"), "utf8"));
  config.vcs.enabled = false;
  const manifests = workspacePackages(ROOT).map((path) => join(path, "package.json"));
  for (const path of ["scripts/lint", ...manifests]) {
    await cp(join(ROOT, path), join(folder, path), { recursive: true });
  }
  const files = [["biome.json", JSON.stringify(config)], ...FAULTS, ...ALLOWED];
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(() => rm(folder, { recursive: true }));

test("[C8] the linter refuses what a layer may not use, and names the rule", async () => {
  const biome = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
  const options = ["lint", "--colors=off", "--reporter=github", "--max-diagnostics=none", "packages", "apps"];
  const { code, output } = await runQuietly(process.execPath, [biome, ...options], { cwd: folder });
  const errors = [...output.matchAll(/^::error title=([^,]+),file=([^,]+)/gm)].map(([, rule, path]) => [
    path.slice(path.search(/(packages|apps)\//)),
    rule,
  ]);
  expect(errors.sort()).toEqual(
    FAULTS.flatMap(([path, , ...rules]) => rules.map((rule) => [path, rule])).sort(),
  );
  expect(code).toBe(1);
});

test("[C8] a package depends only on packages below it, and no package is without a level", () => {
  const levelOf = new Map(LEVELS.flatMap((names, level) => names.map((name) => [`packages/${name}`, level])));
  const folderOf = new Map(workspacePackages(ROOT).map((path) => [readManifest(ROOT, path).name, path]));
  const upward = [];
  for (const path of workspacePackages(ROOT).filter((path) => path.startsWith("packages/"))) {
    expect(levelOf.has(path), path).toBe(true);
    const { dependencies = {}, devDependencies = {} } = readManifest(ROOT, path);
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      const target = folderOf.get(name);
      if (target === undefined) continue;
      if (!(levelOf.get(target) < levelOf.get(path))) upward.push(`${path} -> ${target}`);
    }
  }
  expect(upward).toEqual([]);
});
