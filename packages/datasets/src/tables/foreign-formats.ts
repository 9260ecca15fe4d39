/** Files that are no CSV, known by their first bytes, and what to do with each. */

/** A kind of file that is not read, and what a person can do about it. */
export type ForeignFormat = { readonly name: string; readonly advice: string };

const EXPORT_SHEET = "open it in a spreadsheet and save the sheet as CSV (UTF-8)";
const UNPACK = "unpack it and choose the CSV file inside";
const CONVERT = "export its rows as CSV";
const NO_ROWS = "choose a CSV file";

/** First bytes as Latin-1 text. The first that fits counts. */
const formats: readonly (ForeignFormat & { readonly starts: readonly string[] })[] = [
  { name: "an old Excel or Office file", starts: ["\xd0\xcf\x11\xe0"], advice: EXPORT_SHEET },
  { name: "a ZIP archive", starts: ["PK\x03\x04", "PK\x05\x06"], advice: UNPACK },
  { name: "a gzip archive", starts: ["\x1f\x8b"], advice: UNPACK },
  { name: "a 7z archive", starts: ["7z\xbc\xaf"], advice: UNPACK },
  { name: "a RAR archive", starts: ["Rar!"], advice: UNPACK },
  { name: "an xz archive", starts: ["\xfd7zXZ"], advice: UNPACK },
  { name: "a bzip2 archive", starts: ["BZh"], advice: UNPACK },
  { name: "a Zstandard archive", starts: ["\x28\xb5\x2f\xfd"], advice: UNPACK },
  { name: "a Parquet file", starts: ["PAR1"], advice: CONVERT },
  { name: "an Arrow or Feather file", starts: ["ARROW1", "FEA1"], advice: CONVERT },
  { name: "an ORC file", starts: ["ORC"], advice: CONVERT },
  { name: "an Avro file", starts: ["Obj\x01"], advice: CONVERT },
  { name: "an HDF5 file", starts: ["\x89HDF"], advice: CONVERT },
  { name: "an SQLite database", starts: ["SQLite format 3"], advice: CONVERT },
  { name: "an R data file", starts: ["RDX2", "RDX3", "RDA2", "RDA3"], advice: CONVERT },
  { name: "an SPSS file", starts: ["$FL2", "$FL3"], advice: CONVERT },
  { name: "a NumPy file", starts: ["\x93NUMPY"], advice: CONVERT },
  { name: "a PDF", starts: ["%PDF"], advice: CONVERT },
  { name: "a picture", starts: ["\x89PNG", "\xff\xd8\xff", "GIF8"], advice: NO_ROWS },
];
const EXCEL = { name: "an Excel workbook", advice: EXPORT_SHEET };
const SPREADSHEET = { name: "an OpenDocument spreadsheet", advice: EXPORT_SHEET };

/** Kinds of text, without the space before them and in lower case. */
const texts: readonly (ForeignFormat & { readonly starts: RegExp })[] = [
  {
    name: "a web page",
    starts: /^<(?:!doctype html|html|head|body|table)/,
    advice: "download the file itself, not the page that shows it",
  },
  { name: "XML", starts: /^<(?:\?xml|[a-z])/, advice: CONVERT },
  { name: "JSON", starts: /^(?:\{\s*["}]|\[\s*[[{\]])/, advice: CONVERT },
  { name: "RTF", starts: /^\{\\rtf/, advice: CONVERT },
];

/** What the file is that begins with `head` (some hundred bytes are enough). null: nothing that is known to be no CSV. */
export function foreignFormat(head: Uint8Array): ForeignFormat | null {
  const text = latin1(head.subarray(0, 4096));
  const found = formats.find(({ starts }) => starts.some((start) => text.startsWith(start)));
  if (found !== undefined) return found.name === "a ZIP archive" ? zipped(text, found) : named(found);
  const words = text
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .slice(0, 256)
    .toLowerCase();
  const written = texts.find(({ starts }) => starts.test(words));
  return written === undefined ? null : named(written);
}

/** Office writes ZIP archives with known names inside. */
function zipped(text: string, archive: ForeignFormat): ForeignFormat {
  if (/\[Content_Types\]\.xml|xl\/|_rels\//.test(text)) return EXCEL;
  return /mimetypeapplication\/vnd\.oasis/.test(text) ? SPREADSHEET : named(archive);
}

function named({ name, advice }: ForeignFormat): ForeignFormat {
  return { name, advice };
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
