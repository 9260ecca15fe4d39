/** @tensorflow/tfjs-node's JavaScript from npm, and its binding compiled against TensorFlow's own libraries. */
import { execFile } from "node:child_process";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type partsOf, TFJS_SYMBOL_KEY } from "@tributary/backends";
import { Impossible } from "./package-index.ts";

type Parts = ReturnType<typeof partsOf>;
export type Compiler = { readonly command: string; readonly version: string };

/** The version of TensorFlow.js that the compute process runs. */
export const TFJS_NODE = "4.22.0";
const NODE_API_HEADERS = "1.9.0";
/** Node-API is stable across Node's versions: one binding serves 20, 22 and 24. */
const NODE_API = 8;

/** The compiler that `preferred` (CXX) names, else the first usual one that starts. Throws Impossible where none does. */
export async function findCompiler(preferred: string | undefined): Promise<Compiler> {
  const names = preferred === undefined || preferred === "" ? ["c++", "g++", "clang++"] : [preferred];
  for (const command of names) {
    const { code, output } = await run(command, ["--version"]);
    if (code === 0) return { command, version: output.split("\n", 1)[0] ?? command };
  }
  throw new Impossible(
    `no C++ compiler (tried ${names.join(", ")}); install one, such as Debian's g++, or name it in CXX`,
  );
}

/** Packages that tfjs-node imports. The process that loads it has them already: none is installed a second time. */
const STAND_INS = ["@tensorflow/tfjs", "@tensorflow/tfjs-core"];

/**
 * Installs the JavaScript without running any install script: tfjs-node's would fetch a libtensorflow of 2022.
 * Throws Impossible with npm's last words.
 */
export async function installJavascript(parts: Parts): Promise<void> {
  for (const name of STAND_INS) await writeStandIn(join(parts.javascript, "stand-ins", name), name);
  const manifest = {
    private: true,
    dependencies: {
      ...Object.fromEntries(STAND_INS.map((name) => [name, `file:./stand-ins/${name}`])),
      "@tensorflow/tfjs-node": TFJS_NODE,
      "node-api-headers": NODE_API_HEADERS,
    },
    overrides: Object.fromEntries(STAND_INS.map((name) => [name, `$${name}`])),
  };
  await writeFile(join(parts.javascript, "package.json"), JSON.stringify(manifest, null, 2));
  const flags = ["--ignore-scripts", "--install-links", "--no-audit", "--no-fund", "--prefix"];
  const { code, output } = await run("npm", ["install", ...flags, parts.javascript]);
  if (code === 0) return;
  const last = output.trim().split("\n").slice(-5).join("\n");
  throw new Impossible(`npm could not install @tensorflow/tfjs-node ${TFJS_NODE}:\n${last}`);
}

/** A package whose only export is the TensorFlow.js of the process that loads it. */
async function writeStandIn(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const manifest = { name, version: TFJS_NODE, main: "index.js" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const key = JSON.stringify(TFJS_SYMBOL_KEY);
  await writeFile(join(folder, "index.js"), `module.exports = globalThis[Symbol.for(${key})];\n`);
}

/** The command that builds the binding; it finds the libraries beside it, wherever the folder is moved. */
function compileArguments(parts: Parts, target: string): readonly string[] {
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(parts.kernels, "binding", name));
  return [
    "-shared",
    "-fPIC",
    "-O2",
    "-std=c++17",
    `-DNAPI_VERSION=${NODE_API}`,
    `-I${join(parts.javascript, "node_modules/node-api-headers/include")}`,
    `-I${join(parts.site, "tensorflow/include")}`,
    ...sources,
    `-L${join(parts.site, "tensorflow")}`,
    "-l:libtensorflow_cc.so.2",
    "-l:libtensorflow_framework.so.2",
    "-Wl,-rpath,$ORIGIN/../site/tensorflow",
    "-o",
    target,
  ];
}

/** Builds the binding; it appears whole or not at all. Throws Impossible with the compiler's first words. */
export async function compileBinding(parts: Parts, compiler: Compiler): Promise<void> {
  await mkdir(dirname(parts.binding), { recursive: true });
  const draft = `${parts.binding}.part`;
  const { code, output } = await run(compiler.command, compileArguments(parts, draft));
  if (code !== 0) {
    throw new Impossible(`${compiler.command} could not build the binding:\n${output.trim().slice(0, 2000)}`);
  }
  await rename(draft, parts.binding);
}

/** Runs a program to its end. `output` is what it printed; code 127 where it cannot be started. */
async function run(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, output: stdout + stderr });
      else if (typeof error.code === "number") resolve({ code: error.code, output: stdout + stderr });
      else resolve({ code: 127, output: error.message });
    });
  });
}
