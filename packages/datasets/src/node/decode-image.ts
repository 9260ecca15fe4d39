/**
 * PNG and JPEG to bytes of three channels. Both decoders, pngjs and jpeg-js, are plain JavaScript, so that an experiment
 * runs wherever Node does. The first bytes of a file say what it is, not its name.
 */
import jpeg from "jpeg-js";
import { PNG } from "pngjs";

/** A picture without transparency. */
export type DecodedImage = {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3], row-major */
  readonly rgb: Uint8Array;
};

const MAX_JPEG_MEGABYTES = 512;

/** Decodes a file's bytes. Throws an Error that quotes what is wrong: neither PNG nor JPEG, damaged, or transparent. */
export function decodeImage(bytes: Uint8Array): DecodedImage {
  const { height, width, data } = decode(bytes);
  const rgb = new Uint8Array(height * width * 3);
  for (let pixel = 0; pixel < height * width; pixel++) {
    const alpha = data[4 * pixel + 3];
    if (alpha !== 255) {
      const place = `row ${Math.floor(pixel / width)}, column ${pixel % width}`;
      throw new Error(`expected opaque pixels, got alpha ${alpha} at ${place}`);
    }
    for (let channel = 0; channel < 3; channel++) rgb[3 * pixel + channel] = data[4 * pixel + channel] ?? 0;
  }
  return { height, width, rgb };
}

/** `data` is [height, width, 4]: red, green, blue, alpha. */
function decode(bytes: Uint8Array): { height: number; width: number; data: Uint8Array } {
  const [first, second, third] = bytes;
  if (first === 0x89 && second === 0x50) return PNG.sync.read(Buffer.from(bytes));
  if (first === 0xff && second === 0xd8 && third === 0xff) {
    return jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: true,
      maxMemoryUsageInMB: MAX_JPEG_MEGABYTES,
    });
  }
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new Error(`expected a PNG or JPEG file, got one that begins ${start === "" ? "nowhere" : start}`);
}
