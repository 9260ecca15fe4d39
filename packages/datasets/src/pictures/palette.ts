/** Palettes of up to 256 colours. */

/** The colours as [256] words whose bytes are red, green, blue and alpha; entries beyond the palette's end are black. */
export function paletteColours(palette: Uint8Array, alphaOf: (entry: number) => number): Uint32Array {
  const bytes = new Uint8Array(4 * 256);
  for (let entry = 0; entry < 256; entry++) {
    bytes.set(palette.subarray(3 * entry, 3 * entry + 3), 4 * entry);
    bytes[4 * entry + 3] = alphaOf(entry);
  }
  return new Uint32Array(bytes.buffer);
}

/** Writes the colour of each of `indices` to `rgba`, [indices, 4], which begins at a multiple of four bytes. */
export function spreadPalette(indices: Uint8Array, colours: Uint32Array, rgba: Uint8Array): void {
  const pixels = new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length >> 2);
  for (let x = 0; x < pixels.length; x++) pixels[x] = colours[indices[x] as number] as number;
}
