/** A walk over the pixels of an output in row order, for convolve.ts. */

/** Where the pixel's inputs begin, in bytes. */
export let place: i32 = 0;
let column: i32 = 0;
/** The pixel's number. */
export let index: i32 = 0;

/** Goes to the first pixel. */
export function restart(): void {
  place = 0;
  column = 0;
  index = 0;
}

/** Moves on to the next pixel; stays on the last one. */
export function advance(width: i32, pixels: i32, pixel: i32, row: i32): void {
  if (index + 1 >= pixels) return;
  index += 1;
  column += 1;
  place += pixel;
  if (column === width) {
    column = 0;
    place += row - width * pixel;
  }
}
