/** Pixels as PNG, and PNG as part of a page. */
import { PNG } from "pngjs";

/** A PNG and its size in pixels. */
export type Picture = { readonly png: Uint8Array; readonly width: number; readonly height: number };

/** Bytes 0..255, row after row: [height, width, channels]. Three channels or more are red, green and blue; else grey. */
export type Pixels = {
  readonly values: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
};

/** Pictures of one size as one PNG, row by row with `columns` in each, `gap` transparent pixels between them. */
export function pictureGrid(pictures: readonly Pixels[], columns: number, gap: number): Picture {
  const { height = 1, width = 1 } = pictures[0] ?? {};
  const rows = Math.ceil(pictures.length / columns);
  const png = new PNG({
    width: columns * (width + gap) - gap,
    height: Math.max(1, rows * (height + gap) - gap),
  });
  for (const [index, picture] of pictures.entries()) {
    const left = (index % columns) * (width + gap);
    const top = Math.floor(index / columns) * (height + gap);
    draw(png, picture, left, top);
  }
  return { png: PNG.sync.write(png), width: png.width, height: png.height };
}

/** The PNG as the address of an `img`. */
export function pngAddress(png: Uint8Array): string {
  return `data:image/png;base64,${btoa(Array.from(png, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** Throws where the values do not fill the picture. */
function draw(png: PNG, { values, height, width, channels }: Pixels, left: number, top: number): void {
  if (values.length !== height * width * channels) {
    throw new Error(`expected ${height} x ${width} x ${channels} values, got ${values.length}`);
  }
  for (let pixel = 0; pixel < height * width; pixel++) {
    const target = 4 * ((top + Math.floor(pixel / width)) * png.width + left + (pixel % width));
    for (let colour = 0; colour < 3; colour++) {
      png.data[target + colour] = values[pixel * channels + (channels >= 3 ? colour : 0)] ?? 0;
    }
    png.data[target + 3] = 255;
  }
}
