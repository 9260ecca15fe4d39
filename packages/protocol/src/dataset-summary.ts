import type { ImageShape } from "./plan.ts";

/** What the server knows of a data set: its images' shape, the number of classes, and the examples of each part. */
export type DatasetSummary = {
  readonly name: string;
  readonly image: ImageShape;
  readonly classes: number;
  readonly train: number;
  readonly test: number;
};
