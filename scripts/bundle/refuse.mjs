/** What `npm run bundle:compute` is asked for in vain. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";

/** Throws, with the reason, where no bundle can be made at `out`: before the work, and leaving nothing behind. */
export function refuse(out) {
  if (process.platform !== "linux") throw new Error(`bundles are made on Linux, this is ${process.platform}`);
  const isFolder = fs.existsSync(out) && fs.statSync(out).isDirectory();
  if (isFolder && out.endsWith(".tar.gz")) throw new Error(`expected a file as --out, ${out} is a folder`);
  if (isFolder && fs.readdirSync(out).length > 0) throw new Error(`${out} is there and not empty`);
  if (fs.existsSync(out) && !isFolder && !out.endsWith(".tar.gz")) {
    throw new Error(`expected a folder or a .tar.gz file as --out, ${out} is a file`);
  }
  refuseUnwritable(out);
  if (out.endsWith(".tar.gz")) refuseOtherTar();
}

/** The options that make the same bytes of the same files are GNU's. */
function refuseOtherTar() {
  const [version] = execFileSync("tar", ["--version"], { encoding: "utf8" }).split("\n", 1);
  if (!version.includes("GNU tar")) throw new Error(`expected GNU tar, got ${version}`);
}

/** Tries it, as a file system may forbid what the mode allows. */
function refuseUnwritable(out) {
  try {
    if (fs.existsSync(out) && !fs.statSync(out).isDirectory()) fs.closeSync(fs.openSync(out, "r+"));
    else fs.rmdirSync(fs.mkdtempSync(join(nearest(out), ".tributary-bundle-")));
  } catch (error) {
    throw new Error(`--out ${out} cannot be written: ${error.message}`);
  }
}

/** The path itself, or the first above it that is there. */
function nearest(path) {
  return fs.existsSync(path) ? path : nearest(dirname(path));
}
