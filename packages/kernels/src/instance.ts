/**
 * An instance of the WebAssembly module: what assembly/network.ts exports. It computes one image at a time, whose
 * inputs and results lie in its memory. Places are in bytes, and those from 2 GiB on arrive as negative numbers:
 * `place >>> 2` is their place in floats.
 */
export type KernelInstance = {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Lays out a network, with room for tangents where `tangents` is 1. Returns 0 where memory does not suffice. */
  layOut(
    height: number,
    width: number,
    channels: number,
    filters: number,
    depth: number,
    classes: number,
    firstPadding: number,
    tangents: number,
  ): number;
  /** Packs theta for the loops, and the direction too where `tangents` is 1. */
  pack(tangents: number): void;
  /** Sets the summed gradient to zero. */
  clearGradient(): void;
  /** Computes the image's logits. */
  forward(): void;
  /** Adds `share` times the image's gradient to the sum, and returns the image's loss, without `share`. */
  addGradient(share: number): number;
  /** Adds `share` times the gradient of the image's slope to the sum, and returns the slope, without `share`. */
  addTangent(share: number): number;
  /** Writes the summed gradient in theta's layout. */
  unpack(): void;
  /** Adds the gradient at `addendAt` to the one that `unpack` wrote. */
  accumulate(): void;
  /** Places of the inputs: theta, the direction, the image and its labels. */
  thetaAt(): number;
  directionAt(): number;
  imageAt(): number;
  labelsAt(): number;
  /** Places of the results: the logits, two gradients in theta's layout, and those in the image and its labels. */
  logitsAt(): number;
  unpackedAt(): number;
  addendAt(): number;
  imageGradientAt(): number;
  labelGradientAt(): number;
};

/** The instructions that a build uses. Relaxed SIMD multiplies and adds with one rounding, plain SIMD with two. */
export type Instructions = "simd" | "relaxed-simd";

/**
 * A module that multiplies and adds in one instruction: an engine that validates it runs kernels-relaxed.wasm, any
 * other kernels.wasm.
 */
export const RELAXED_SIMD_PROBE: Uint8Array<ArrayBuffer> = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 133, 2, 11,
]);
