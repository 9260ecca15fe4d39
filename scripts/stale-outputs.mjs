/** Compiled files whose source is gone. The compiler leaves them, and a program would still start from them. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const COMPILED = /(\.d\.ts|\.js)(\.map)?$/;
const SOURCES = [".ts", ".tsx", ".js"];

/** @param {string} folder a package with `src`, which the compiler writes to `dist` */
export function removeStaleOutputs(folder) {
  const dist = join(folder, "dist");
  if (!existsSync(dist)) return;
  for (const name of readdirSync(dist, { recursive: true }).filter((name) => COMPILED.test(name))) {
    const source = join(folder, "src", name.replace(COMPILED, ""));
    if (!SOURCES.some((extension) => existsSync(source + extension))) rmSync(join(dist, name));
  }
}
