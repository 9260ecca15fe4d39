import { shareValuesOfClones } from "./tensor/wasm-kernels.ts";

/**
 * Readies TensorFlow.js for this package. Call it after importing a backend and before any training, and again after
 * importing another backend; a second call does no harm. On wasm, ConvNets need our own kernels too (`openWasm` in
 * Node, `registerFusedKernels` elsewhere): TensorFlow.js has no gradient of a convolution's kernel there.
 */
export function prepareBackend(): void {
  shareValuesOfClones();
}
