/** A copy of this repository that a test may change: sources and build, without data. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";
import { workspacePackages } from "../workspace.mjs";

/** Fills `folder`. What pnpm has installed is linked, so a change of dependencies in the copy has no effect. */
export async function copyRepository(folder) {
  const tracked = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  }).split("\0");
  const needed = tracked.filter((path) => path !== "" && !/^(datasets|docs)\//.test(path));
  for (const path of [...needed, ".setup"]) {
    if (existsSync(join(ROOT, path))) await cp(join(ROOT, path), join(folder, path), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const path of workspacePackages(ROOT)) {
    for (const name of ["dist", "node_modules"]) {
      if (!existsSync(join(ROOT, path, name))) continue;
      await cp(join(ROOT, path, name), join(folder, path, name), { recursive: true, verbatimSymlinks: true });
    }
  }
}
