/** The sides of a batch of images that lie row-major in one flat array, [N, H, W, C]; sides in pixels. */
export type ImageBatchShape = readonly [count: number, height: number, width: number, channels: number];
