/** How a stored picture is turned: EXIF's numbers 1 to 8, read from a TIFF block. */
import { hasText, latin1, u16be, u16le, u32be, u32le } from "./bytes.ts";

/** 1 as stored, 2 mirrored, 3 turned by 180 degrees, 4 upside down, 5 to 8 with rows and columns exchanged. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Width and height change places. */
export function isTransposed(orientation: Orientation): boolean {
  return orientation >= 5;
}

/** Where the shown picture's first column is: at the stored picture's last column, or row where it is transposed. */
export function flips(orientation: Orientation): { readonly columns: boolean; readonly rows: boolean } {
  return {
    columns: [2, 3, 7, 8].includes(orientation),
    rows: [3, 4, 6, 7].includes(orientation),
  };
}

/** The `orientation` tag of the first directory of EXIF data, with or without its "Exif" header; 1 where none is. */
export function exifOrientation(exif: Uint8Array): Orientation {
  const tiff = hasText(exif, 0, "Exif\0\0") ? exif.subarray(6) : exif;
  const order = latin1(tiff, 0, 4);
  if (order !== "II*\0" && order !== "MM\0*") return 1;
  const [u16, u32] = order === "II*\0" ? [u16le, u32le] : [u16be, u32be];
  const directory = u32(tiff, 4);
  const entries = u16(tiff, directory);
  for (let entry = 0; entry < entries; entry++) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) break;
    if (u16(tiff, at) === 0x0112) return orientationOf(u16(tiff, at + 8));
  }
  return 1;
}

/** EXIF's number, where it is one of the eight; 1 otherwise. */
export function orientationOf(value: number): Orientation {
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
