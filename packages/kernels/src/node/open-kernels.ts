/** The kernels in Node, on several threads. */
import { createKernels, type Kernels, noHelpers } from "../kernels.ts";
import { startHelpers } from "./helpers.ts";
import { compileModule, instantiate } from "./web-assembly.ts";

export type { Kernels } from "../kernels.ts";

const MAX_THREADS = 64;

/**
 * Opens the kernels on `threads` threads, 1 to 64, the calling one included. Open kernels and their threads do not keep
 * the process alive. Rejects on another number of threads, and where a thread does not start.
 */
export async function openKernels({ threads }: { readonly threads: number }): Promise<Kernels> {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS) {
    throw new Error(`expected 1 to ${MAX_THREADS} threads, got ${threads}`);
  }
  const module = compileModule();
  const helpers = threads === 1 ? noHelpers() : await startHelpers(module, threads - 1);
  return createKernels(instantiate(module), module.instructions, helpers);
}
