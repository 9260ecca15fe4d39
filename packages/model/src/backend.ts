import { shareValuesOfClones } from "./tensor/wasm-kernels.ts";

/**
 * Readies TensorFlow.js for this package; call it after importing a backend and before any training. Calling it again
 * is harmless, and needed where another backend has been imported since. On wasm, ConvNets need our own kernels too
 * (tensor/fused-wasm-kernels.ts): TensorFlow.js has no kernel gradient there.
 */
export function prepareBackend(): void {
  shareValuesOfClones();
}
