import type { ImageShape } from "@tributary/protocol";

/** Labelled images. */
export type Dataset = {
  /** [height, width, channels] */
  readonly image: ImageShape;
  readonly classes: number;
  readonly count: number;
  /** Bytes 0..255, row-major [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  /** Each below `classes`, [count]. */
  readonly labels: Uint8Array;
};
