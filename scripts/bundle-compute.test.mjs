import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./setup.mjs";

const SCRIPT = join(ROOT, "scripts/bundle-compute.mjs");
const FIXTURE = "packages/model/fixtures/parity/meta-gradient-16x16x1.json";
const onLinux = process.platform === "linux";

let folder;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tributary-bundle-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

test.runIf(onLinux)(
  "[C13] a bundle runs parity from a folder of its own, with no Node and nothing else in the environment",
  async () => {
    const out = join(folder, "bundle");
    expect(await run(process.execPath, [SCRIPT, "--out", out])).toMatchObject({ code: 0 });
    expect(await readdir(out)).toEqual(expect.arrayContaining(["LICENSE", "NOTICE.md", "bin", "tributary"]));
    const elsewhere = join(folder, "moved");
    await cp(out, elsewhere, { recursive: true, verbatimSymlinks: true });
    await rm(out, { recursive: true });

    await cp(join(ROOT, FIXTURE), join(folder, "known.json"));
    const parity = await tributary(elsewhere, ["parity", "--backend", "wasm", "known.json"]);
    expect(parity).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(parity.stdout)).toMatchObject({ backend: "wasm", errors: { dx: expect.any(Number) } });

    const unknown = await tributary(elsewhere, ["divine"]);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('unknown program "divine"');
    for (const name of ["compute", "parity", "simulate", "experiment", "bench", "doctor"]) {
      expect(unknown.stderr).toMatch(new RegExp(`programs are:.* ${name}\\b`));
    }
    const { stderr } = await tributary(elsewhere, ["compute"]);
    expect(stderr).toContain("DATABASE_URL must be the postgres:// address");
  },
  240_000,
);

test.runIf(onLinux)("[C14] a bundle is not made over what is there already", async () => {
  const taken = await mkdtemp(join(folder, "taken-"));
  await writeFile(join(taken, "mine.txt"), "");
  const { code, stderr } = await run(process.execPath, [SCRIPT, "--out", taken]);
  expect(code).toBe(2);
  expect(stderr).toContain(`${taken} exists and is not empty`);
  expect(await readdir(taken)).toEqual(["mine.txt"]);
});

test.runIf(onLinux)(
  "[C16] an --out that cannot be written is refused at the start, with the reason",
  async () => {
    const file = join(folder, "a-file");
    await writeFile(file, "");
    for (const [out, reason] of [
      [file, `expected a folder or a .tar.gz file as --out, ${file} is a file`],
      [join(file, "below"), `--out ${join(file, "below")} cannot be written: ENOTDIR`],
      [join(file, "below.tar.gz"), "ENOTDIR"],
      // Not even root may write there.
      ["/proc/bundle", "--out /proc/bundle cannot be written: ENOENT"],
      ["/proc/self/b.tar.gz", "--out /proc/self/b.tar.gz cannot be written: ENOENT"],
    ]) {
      const { code, stdout, stderr } = await run(process.execPath, [SCRIPT, "--out", out]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(reason);
      expect(stderr).not.toContain("    at ");
    }
  },
);

const tributary = (bundle, args) =>
  run(join(bundle, "tributary"), args, { cwd: folder, env: { PATH: "/nowhere" } });

function run(program, args, options = {}) {
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, stdout, stderr }),
    );
  });
}
