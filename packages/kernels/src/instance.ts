/**
 * An instance of the WebAssembly module: what assembly/network.ts exports. Places are in bytes, and those from 2 GiB on
 * arrive as negative numbers: `place >>> 2` is their place in floats.
 */
export type KernelInstance = {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Lays out a network, 1 for `tangents` making room for those; 0 where memory ends. */
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
  /** Takes in theta, and the direction for tangents. */
  pack(tangents: number): void;
  clearGradient(): void;
  /** The image's logits. */
  forward(): void;
  /** Adds to the gradient; the image's loss. */
  addGradient(share: number): number;
  /** Adds to the gradient; the loss's derivative along the direction. */
  addTangent(share: number): number;
  /** Writes the gradient in theta's layout. */
  unpack(): void;
  /** Adds the addend to what `unpack` wrote. */
  accumulate(): void;
  thetaAt(): number;
  directionAt(): number;
  imageAt(): number;
  labelsAt(): number;
  logitsAt(): number;
  unpackedAt(): number;
  addendAt(): number;
  imageGradientAt(): number;
  labelGradientAt(): number;
};

export type Instructions = "simd" | "relaxed-simd";

/**
 * A module that multiplies and adds in one instruction: an engine that validates it runs kernels-relaxed.wasm, any
 * other kernels.wasm.
 */
export const RELAXED_SIMD_PROBE: Uint8Array<ArrayBuffer> = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32,
  1, 32, 2, 253, 133, 2, 11,
]);
