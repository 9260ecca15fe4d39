/** Whether a bundle can be made at a path, checked before any work. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { dirname, join } from "node:path";

/** Leaves nothing behind. @throws {Error} with the reason if no bundle can be made at `out` */
export function refuse(out) {
  if (process.platform !== "linux") throw new Error(`bundles are made on Linux, this is ${process.platform}`);
  const isFolder = fs.existsSync(out) && fs.statSync(out).isDirectory();
  if (isFolder && out.endsWith(".tar.gz")) throw new Error(`expected a file as --out, ${out} is a folder`);
  if (isFolder && fs.readdirSync(out).length > 0) throw new Error(`${out} exists and is not empty`);
  if (fs.existsSync(out) && !isFolder && !out.endsWith(".tar.gz")) {
    throw new Error(`expected a folder or a .tar.gz file as --out, ${out} is a file`);
  }
  refuseUnwritable(out);
  if (out.endsWith(".tar.gz")) refuseOtherTar();
}

/** Only GNU tar has the options with which the same files give the same bytes. */
function refuseOtherTar() {
  const [version] = execFileSync("tar", ["--version"], { encoding: "utf8" }).split("\n", 1);
  if (!version.includes("GNU tar")) throw new Error(`expected GNU tar, got ${version}`);
}

/** Tries to write, because a file system may forbid what the mode of a folder allows. */
function refuseUnwritable(out) {
  try {
    if (fs.existsSync(out) && !fs.statSync(out).isDirectory()) fs.closeSync(fs.openSync(out, "r+"));
    else fs.rmdirSync(fs.mkdtempSync(join(nearest(out), ".tributary-bundle-")));
  } catch (error) {
    throw new Error(`--out ${out} cannot be written: ${error.message}`);
  }
}

/** The path itself, or the nearest folder above it that exists. */
function nearest(path) {
  return fs.existsSync(path) ? path : nearest(dirname(path));
}
