/**
 * `node scripts/build.mjs [FOLDER]` compiles assembly/ into FOLDER (by default wasm/, which is checked in):
 * kernels.wasm for SIMD, kernels-relaxed.wasm for relaxed SIMD. The same sources give the same bytes.
 */
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = process.argv[2] ?? join(root, "wasm");

await compile("kernels.wasm", ["simd"]);
await compile("kernels-relaxed.wasm", ["simd", "relaxed-simd"]);

async function compile(name, features) {
  const { error, stderr } = await asc.main([
    ...["assembly/network.ts", "--baseDir", root, "--outFile", relative(root, join(folder, name))],
    // Without a collector and without imports; values of type v128 never leave the module (warning 112).
    ...["--runtime", "stub", "--use", "abort=", "--noAssert", "--disableWarning", "112"],
    ...["-O3", "--converge"],
    ...features.flatMap((feature) => ["--enable", feature]),
  ]);
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stderr.toString()}`);
}
