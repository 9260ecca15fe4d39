/** A decoded picture, row by row, so that a whole one need not lie in memory where its format allows. */

/** Rows from top to bottom, as stored: [width * 4] bytes red, green, blue, alpha, valid until the next row is taken. */
export type PictureRows = Iterable<Uint8Array>;

/** The rows of a picture that lies in memory: `rgba` is [height, width, 4]. */
export function* rowsOf(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): PictureRowsOf {
  const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.length);
  for (let row = 0; row < height; row++) yield bytes.subarray(4 * width * row, 4 * width * (row + 1));
}

/** The rows of a canvas with one `frame` on it; the rest is transparent, and what lies outside is cut off. */
export function* rowsOnCanvas(
  canvas: { readonly width: number; readonly height: number },
  frame: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly rows: PictureRows;
  },
): PictureRowsOf {
  const iterator = frame.rows[Symbol.iterator]();
  const canvasRow = new Uint8Array(4 * canvas.width);
  const room = Math.max(0, canvas.width - frame.left);
  for (let row = 0; row < canvas.height; row++) {
    canvasRow.fill(0);
    if (row >= frame.top && row < frame.top + frame.height) {
      const { value } = iterator.next();
      if (value !== undefined) canvasRow.set(value.subarray(0, 4 * room), 4 * (canvas.width - room));
    }
    yield canvasRow;
  }
}

/** What the rows' generators return. */
export type PictureRowsOf = Generator<Uint8Array, void>;
