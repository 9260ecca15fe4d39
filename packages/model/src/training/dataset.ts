/** What a network is trained and measured on: labelled images, or rows of a table with a class or a number. */
import type { ImageShape } from "@tributary/protocol";

/** Labelled images. */
export type ImageDataset = {
  readonly kind: "images";
  /** [height, width, channels] */
  readonly image: ImageShape;
  readonly classes: number;
  readonly count: number;
  /** Bytes 0..255, row-major [count, height, width, channels]. */
  readonly pixels: Uint8Array;
  /** Each below `classes`, [count]. */
  readonly labels: Uint8Array;
};

/** Labelled rows of a table, as the network sees them: standardised already. */
export type RowDataset = {
  readonly kind: "rows";
  readonly features: number;
  readonly classes: number;
  readonly count: number;
  /** Row-major [count, features]. */
  readonly rows: Float32Array;
  /** Each below `classes`, [count]. */
  readonly labels: Uint8Array;
};

/** Rows of a table, standardised, each with the number that a regression predicts. */
export type ValueRowDataset = {
  readonly kind: "value-rows";
  readonly features: number;
  readonly count: number;
  /** Row-major [count, features]. */
  readonly rows: Float32Array;
  /** The standardised targets, [count]. */
  readonly values: Float32Array;
};

/** A set of examples with a class each. */
export type LabelledDataset = ImageDataset | RowDataset;

/** A set of examples, each with what the network should say of it. */
export type Dataset = LabelledDataset | ValueRowDataset;
