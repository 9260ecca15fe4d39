import { registerKernelGradientKernel } from "./tensor/convolution.ts";
import { shareValuesOfClones } from "./tensor/wasm-kernels.ts";

/**
 * Readies TensorFlow.js for this package; call it after importing a backend and before any training. Calling it again
 * is harmless, and needed where another backend has been imported since. It registers what the wasm backend lacks.
 */
export function prepareBackend(): void {
  registerKernelGradientKernel("wasm");
  shareValuesOfClones("wasm");
}
