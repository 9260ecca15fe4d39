/** Tells a file's format from its first bytes. */
import { hasText, latin1, u32be } from "./bytes.ts";
import type { UnreadFormat } from "./unread-picture.ts";

/** Formats that the decoder reads. */
export type ReadFormat = "jpeg" | "png" | "gif" | "bmp" | "webp" | "avif";

/** Signatures in the order in which they are tried; `at` is 0 where it is not given. */
const SIGNATURES: readonly { readonly format: ReadFormat | UnreadFormat; text: string; at?: number }[] = [
  { format: "jpeg", text: "\xff\xd8\xff" },
  { format: "png", text: "\x89PNG\r\n\x1a\n" },
  { format: "gif", text: "GIF87a" },
  { format: "gif", text: "GIF89a" },
  { format: "bmp", text: "BM" },
  { format: "jp2", text: "\0\0\0\x0cjP  \r\n\x87\n" },
  { format: "jp2", text: "\xff\x4f\xff\x51" },
  { format: "jxl", text: "\0\0\0\x0cJXL \r\n\x87\n" },
  { format: "jxl", text: "\xff\x0a" },
  { format: "raw", text: "CR\x02\0", at: 8 },
  { format: "raw", text: "FUJIFILMCCD-RAW" },
  { format: "raw", text: "IIU\0" },
  { format: "raw", text: "IIRO" },
  { format: "raw", text: "IIRS" },
  { format: "raw", text: "FOVb" },
  { format: "tiff", text: "II*\0" },
  { format: "tiff", text: "MM\0*" },
  { format: "tiff", text: "II+\0" },
  { format: "tiff", text: "MM\0+" },
  { format: "ico", text: "\0\0\x01\0" },
  { format: "ico", text: "\0\0\x02\0" },
  { format: "psd", text: "8BPS" },
  { format: "dicom", text: "DICM", at: 128 },
  { format: "pdf", text: "%PDF-" },
];

/** Brands of the ISO base media format, of which AVIF, HEIC and CR3 are kinds. */
const BRANDS: Readonly<Record<string, ReadFormat | UnreadFormat>> = {
  avif: "avif",
  avis: "avif",
  "crx ": "raw",
  heic: "heic",
  heix: "heic",
  heim: "heic",
  heis: "heic",
  hevc: "heic",
  hevx: "heic",
  mif1: "heic",
  msf1: "heic",
};

/** Markup is looked for in so many first bytes. */
const MARKUP_BYTES = 1024;

/** The format that a file's content shows, or null where it shows none that is known. */
export function sniffFormat(bytes: Uint8Array): ReadFormat | UnreadFormat | null {
  const signature = SIGNATURES.find(({ text, at = 0 }) => hasText(bytes, at, text));
  if (signature !== undefined) return signature.format;
  if (hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP")) return "webp";
  if (hasText(bytes, 4, "ftyp")) return brandFormat(bytes);
  return markupFormat(latin1(bytes, 0, MARKUP_BYTES));
}

/** The major brand first, then the compatible ones: an AVIF file may call itself "mif1" and list "avif". */
function brandFormat(bytes: Uint8Array): ReadFormat | UnreadFormat | null {
  const end = Math.min(u32be(bytes, 0), bytes.length, MARKUP_BYTES);
  const brands = [latin1(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(latin1(bytes, at, 4));
  const formats = brands.map((brand) => BRANDS[brand]);
  if (formats.includes("avif")) return "avif";
  return formats.find((format) => format !== undefined) ?? null;
}

function markupFormat(start: string): UnreadFormat | null {
  const text = start.replace(/^(\xef\xbb\xbf)?\s*/, "").toLowerCase();
  if (!text.startsWith("<")) return null;
  if (/<svg[\s>]/.test(text)) return "svg";
  return /^<(!doctype html|html|head|body|title|script|meta)/.test(text) ? "html" : null;
}
