import type { ImageShape } from "@tributary/protocol";

/** Labelled images as bytes 0..255. */
export type Dataset = {
  readonly image: ImageShape;
  readonly classes: number;
  readonly count: number;
  /** [count, H, W, C], row-major */
  readonly pixels: Uint8Array;
  /** [count], each below `classes` */
  readonly labels: Uint8Array;
};
