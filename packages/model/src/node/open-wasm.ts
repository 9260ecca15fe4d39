/** The wasm backend in Node: TensorFlow.js's, whose .wasm files it does not find by itself, and our own kernels. */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type Kernels, openKernels } from "@tributary/kernels/node";
import { registerFusedKernels } from "../tensor/fused-wasm-kernels.ts";

/** More bring little: groups of images are handed out whole. */
const MOST_THREADS = 8;

export type OpenWasm = Pick<Kernels, "instructions" | "threads"> & {
  /** Ends the threads; the backend computes no ConvNet afterwards. */
  close(): Promise<void>;
};

/**
 * Makes wasm the current backend, ConvNets on `threads` threads: by default one a core, at most 8. Resolves once it is
 * ready. Opened again, it ends the threads that it had.
 */
export async function openWasm(options: { readonly threads?: number } = {}): Promise<OpenWasm> {
  const entry = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(dirname(entry) + sep);
  if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend of TensorFlow.js did not start");
  await tf.ready();
  const threads = options.threads ?? Math.min(availableParallelism(), MOST_THREADS);
  const kernels = await openKernels({ threads });
  registerFusedKernels(kernels);
  const before = current;
  current = kernels;
  await before?.close();
  return { instructions: kernels.instructions, threads, close: () => kernels.close() };
}

/** Those that the backend computes with: it is one for the whole process. */
let current: Kernels | null = null;
