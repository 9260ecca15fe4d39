/** The first block's inputs: for each pixel the 3 x 3 x channels values under the kernel, as one row of `columns`. */
import { layer } from "./layer";
import {
  columns,
  columnsBack,
  dColumns,
  image,
  imageChannels,
  imageGradient,
  imageHeight,
  imageWidth,
  paddedImage,
  padding,
} from "./layers";

/** Fills the first block's inputs from the image. */
export function toColumns(): void {
  const line = imageWidth * imageChannels * 4;
  const paddedLine = (imageWidth + 2 * padding) * imageChannels * 4;
  for (let y = 0; y < imageHeight; y++) {
    const to = paddedImage + (y + padding) * paddedLine + padding * imageChannels * 4;
    memory.copy(to, image + y * line, line);
  }
  const l = layer(0);
  const run = 3 * imageChannels;
  let to = l.x;
  for (let y = 0; y < l.height; y++) {
    for (let x = 0; x < l.width; x++) {
      let from = paddedImage + y * paddedLine + x * imageChannels * 4;
      let place = to;
      for (let tap = 0; tap < 3; tap++) {
        for (let i = 0; i < run; i++) {
          store<f32>(place, load<f32>(from + i * 4));
          place += 4;
        }
        from += paddedLine;
      }
      to += columns * 4;
    }
  }
}

/** The adjoint of `toColumns`: sums the gradients in the columns into the image's gradient. */
export function fromColumns(): void {
  const l = layer(0);
  memory.fill(imageGradient, 0, imageHeight * imageWidth * imageChannels * 4);
  let from = dColumns;
  for (let y = 0; y < l.height; y++) {
    for (let x = 0; x < l.width; x++) {
      for (let tap = 0; tap < 9; tap++) {
        const row = y + tap / 3 - padding;
        const column = x + (tap % 3) - padding;
        if (row < 0 || row >= imageHeight || column < 0 || column >= imageWidth) continue;
        const to = imageGradient + (row * imageWidth + column) * imageChannels * 4;
        for (let i = 0; i < imageChannels; i++) {
          const value = load<f32>(from + (tap * imageChannels + i) * 4);
          store<f32>(to + i * 4, load<f32>(to + i * 4) + value);
        }
      }
      from += columnsBack * 4;
    }
  }
}
