/**
 * The wasm backend in Node: that of TensorFlow.js, which does not find its .wasm files by itself, with our own
 * kernels.
 */
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, sep } from "node:path";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type Kernels, openKernels } from "@tributary/kernels/node";
import { registerFusedKernels } from "../tensor/fused-wasm-kernels.ts";

/** More threads bring little: groups of images are handed out whole. */
const MOST_THREADS = 8;

/** The opened backend: the instructions that its kernels use, and their threads, the calling one included. */
export type OpenWasm = Pick<Kernels, "instructions" | "threads"> & {
  /** Ends the threads. The backend computes no ConvNet afterwards. */
  close(): Promise<void>;
};

/**
 * Makes wasm the current backend, and resolves when it is ready. It computes ConvNets on `threads` threads, 1 to 64;
 * default: one for each core, at most 8. Opening it again ends the threads that it had. Rejects where the backend or
 * the kernels do not start.
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

/** The kernels that the backend computes with. TensorFlow.js has one backend of a name for the whole process. */
let current: Kernels | null = null;
