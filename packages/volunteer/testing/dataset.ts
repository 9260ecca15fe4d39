import type { ImageDataset } from "@tributary/model";
import { createRng } from "@tributary/model";

/** Random images of three classes, in the shape of the test plan. */
export function testDataset(count: number): ImageDataset {
  const rng = createRng(3);
  return {
    kind: "images",
    image: [4, 4, 1],
    classes: 3,
    count,
    pixels: Uint8Array.from({ length: 16 * count }, () => rng.integer(256)),
    labels: Uint8Array.from({ length: count }, () => rng.integer(3)),
  };
}
