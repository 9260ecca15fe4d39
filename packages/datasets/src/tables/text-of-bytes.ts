/**
 * Text from the bytes of a file, piece by piece, and which encoding it is. A byte-order mark decides. Without one, the
 * first character beyond ASCII does: if its bytes are UTF-8, the file is, otherwise it is Windows-1252, of which every
 * byte is a character. Broken bytes later in a file of UTF-8 become U+FFFD, which no cell may hold.
 */

/** How a file writes its characters. */
export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Reads one file. */
export type TextReader = {
  /** The text of the next bytes, as far as they make whole characters. */
  push(bytes: Uint8Array): string;
  /** The text of what was left of the last push. */
  end(): string;
  /** As far as known: "utf-8" while everything was ASCII. */
  encoding(): TextEncoding;
};

type Decoder = { decode(bytes?: Uint8Array, options?: { stream: boolean }): string };
/** The Encoding Standard's decoder, which pages, workers and Node have alike. */
declare const TextDecoder: new (encoding: string, options?: { fatal: boolean }) => Decoder;

/** `head`: the first bytes of the file, at least 4 where it has them. They are only looked at, not read. */
export function createTextReader(head: Uint8Array): TextReader {
  const marked = markedEncoding(head);
  let encoding: TextEncoding = marked ?? "utf-8";
  let decoder = new TextDecoder(encoding);
  let isDecided = marked !== null;
  let held: Uint8Array<ArrayBufferLike> = new Uint8Array(0);

  const decide = (bytes: Uint8Array, isLast: boolean): string => {
    const at = firstBeyondAscii(bytes);
    if (at === bytes.length) return decoder.decode(bytes, { stream: true });
    const length = sequenceLength(bytes[at] ?? 0);
    if (at + length > bytes.length && !isLast) {
      held = bytes.slice(at);
      return decoder.decode(bytes.subarray(0, at), { stream: true });
    }
    isDecided = true;
    if (!isUtf8(bytes.subarray(at, at + length))) encoding = "windows-1252";
    decoder = new TextDecoder(encoding);
    return decoder.decode(bytes, { stream: true });
  };

  return {
    encoding: () => encoding,
    push(bytes) {
      if (isDecided) return decoder.decode(bytes, { stream: true });
      const all = joined(held, bytes);
      held = new Uint8Array(0);
      return decide(all, false);
    },
    end: () => (isDecided ? "" : decide(held, true)) + decoder.decode(),
  };
}

function markedEncoding([a, b, c, d]: Uint8Array): TextEncoding | null {
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  // Two letters of ASCII in UTF-16 without a mark.
  if (isLetter(a) && b === 0 && isLetter(c) && d === 0) return "utf-16le";
  if (a === 0 && isLetter(b) && c === 0 && isLetter(d)) return "utf-16be";
  return null;
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 9 && byte < 127;
}

/** A loop, because it looks at every byte of most files. */
function firstBeyondAscii(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] as number) < 128) at++;
  return at;
}

function sequenceLength(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
