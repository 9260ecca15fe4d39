import { registerConvolutionGradients, registerKernelGradientKernel } from "./tensor/convolution.ts";
import { registerGradients } from "./tensor/gradients.ts";
import { shareValuesOfClones } from "./tensor/wasm-kernels.ts";

/**
 * Readies TensorFlow.js for this package; call it after importing a backend and before any training. Calling it again
 * is harmless, and needed where another backend has been imported since.
 * It registers gradients that are right at second order, where TensorFlow.js's own are silently wrong or missing, and
 * what the wasm backend lacks.
 */
export function prepareBackend(): void {
  registerGradients();
  registerConvolutionGradients();
  registerKernelGradientKernel("wasm");
  shareValuesOfClones("wasm");
}
