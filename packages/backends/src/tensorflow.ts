/** TensorFlow's own library under TensorFlow.js: the privately installed one, else what the operator put into node_modules. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { reasonOf } from "@tributary/platform";
import { setTensorflowDefaults, tensorflowFolder } from "./config.ts";
import { TFJS_SYMBOL_KEY } from "./host-tensorflow-js.ts";
import type { Opened } from "./opened.ts";
import { acceptNumericPadding } from "./tensorflow-convolution.ts";
import { partsOf, readInstalled } from "./tensorflow-installation.ts";
import { tensorflowUsesGpu, useBackend } from "./use-backend.ts";

/** The part of the binding that is used here. */
type Binding = { readonly TF_Version: string };
type KernelModule = {
  readonly NodeJSKernelBackend: new (binding: Binding, name: string) => tf.KernelBackend;
};

const require = createRequire(import.meta.url);

/** A process loads one TensorFlow: two would share global state. What was loaded, in words. */
let loaded: string | null = null;

/** Throws, with the reason, where there is no TensorFlow, or its device is not the one asked for. */
export async function openTensorflow(device: "gpu" | "cpu"): Promise<Opened> {
  loaded ??= await loadFirst(tensorflowFolder());
  acceptNumericPadding();
  await useBackend("tensorflow");
  const usesGpu = tensorflowUsesGpu();
  if (device === "gpu" && !usesGpu) throw new Error(`${loaded} finds no GPU that it can use`);
  if (device === "cpu" && usesGpu) throw new Error(`${loaded} computes on the GPU, refused above`);
  return { device, adapter: device === "gpu" ? "GPU, TensorFlow" : "CPU, TensorFlow", library: loaded };
}

async function loadFirst(folder: string): Promise<string> {
  const reasons: string[] = [];
  const installed = orReason(() => readInstalled(folder), reasons);
  if (installed !== null) {
    const library = orReason(() => loadPrivate(join(folder, installed.directory)), reasons);
    if (library !== null) return library;
  }
  for (const flavour of ["tfjs-node-gpu", "tfjs-node"]) {
    const library = await loadPackage(`@tensorflow/${flavour}`).catch((error: Error) => {
      reasons.push(error.message.split("\n", 1)[0] ?? flavour);
      return null;
    });
    if (library !== null) return library;
  }
  const advice = `not installed in ${folder} (npm run install:tensorflow)`;
  throw new Error(reasons.length === 0 ? advice : reasons.join("; "));
}

function orReason<T>(read: () => T, reasons: string[]): T | null {
  try {
    return read();
  } catch (error) {
    reasons.push(reasonOf(error).split("\n", 1)[0] ?? "");
    return null;
  }
}

/**
 * Registers backend and kernels of an installation made by `npm run install:tensorflow`. The package's own entry is
 * left alone: it would bring a second TensorFlow.js, with layers and WebGL. Throws where the binding does not load.
 */
export function loadPrivate(home: string): string {
  addLegacyUtilities();
  setTensorflowDefaults();
  const parts = partsOf(home);
  const core: unknown = require("@tensorflow/tfjs-core");
  Object.assign(globalThis, { [Symbol.for(TFJS_SYMBOL_KEY)]: core });
  const binding = require(parts.binding) as Binding;
  const { NodeJSKernelBackend } = require(
    join(parts.kernels, "dist/nodejs_kernel_backend.js"),
  ) as KernelModule;
  require(join(parts.kernels, "dist/register_all_kernels.js"));
  tf.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"));
  return `TensorFlow ${binding.TF_Version} (npm run install:tensorflow)`;
}

/** Null where the package is not there. Installed without its install script, it has no library: not loaded then. */
async function loadPackage(name: string): Promise<string | null> {
  let manifest: string;
  try {
    manifest = require.resolve(`${name}/package.json`);
  } catch {
    return null;
  }
  const versions = [8, 7, 6, 5, 4, 3].map((version) => `lib/napi-v${version}/tfjs_binding.node`);
  if (!versions.some((file) => existsSync(join(dirname(manifest), file)))) {
    throw new Error(`${name} is here without its library: npm run install:tensorflow`);
  }
  addLegacyUtilities();
  setTensorflowDefaults();
  await import(name);
  const { version } = require(manifest) as { readonly version: string };
  return `${name} ${version}`;
}

/** The package calls these, which Node 22 deprecates with a warning and Node 23 has dropped. */
function addLegacyUtilities(): void {
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}
