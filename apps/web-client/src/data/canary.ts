/** Whether a canvas gives back what is drawn on it. Firefox gives noise where it resists fingerprinting. */

const SIDE = 8;

/** Draws known pixels and reads them back. The camera and the drawing pad need it; picture files do not. */
export function isCanvasTrue(): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) return false;
  const known = canaryPixels();
  context.putImageData(new ImageData(known, SIDE, SIDE), 0, 0);
  return isSame(known, context.getImageData(0, 0, SIDE, SIDE).data);
}

/** Opaque pixels of many values: RGBA, 8 x 8. */
export function canaryPixels(): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let at = 0; at < pixels.length; at++) pixels[at] = at % 4 === 3 ? 255 : (at * 37) % 256;
  return pixels;
}

/** Brave moves single values by one; a picture survives that. */
export function isSame(drawn: ArrayLike<number>, read: ArrayLike<number>): boolean {
  if (drawn.length !== read.length) return false;
  return Array.from(drawn).every((value, at) => Math.abs(value - (read[at] as number)) <= 1);
}
