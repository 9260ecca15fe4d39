export { type Instructions, type KernelInstance, RELAXED_SIMD_PROBE } from "./instance.ts";
export { createKernels, type Gradient, type Kernels, noHelpers, type Tangent } from "./kernels.ts";
export type { ConvNetShape } from "./shape.ts";
