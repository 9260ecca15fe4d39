/**
 * Walks the bytes of a frame before they are decoded, without recursion and without building anything. What passes
 * is one msgpack value made of maps with text keys, arrays, text, numbers, booleans, nil and binary: no extension
 * types (whose decoders would run), no byte 0xc1, nothing after the value, and not deep enough to strain the stack.
 */

const MAX_DEPTH = 16;

/** What is wrong with the frame, quoting the byte and its offset, or null if it may be decoded. */
export function frameProblem(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** What the open maps and arrays still wait for. A map waits for a key wherever its count is even. */
  const open: { left: number; readonly map: boolean }[] = [];
  let at = 0;
  do {
    const inner = open.at(-1);
    const token = tokenAt(view, at);
    if (typeof token === "string") return token;
    if (inner?.map && inner.left % 2 === 0 && token.kind !== "text") {
      return `a map key that is not text: byte ${quoteByte(view, at)}`;
    }
    at += token.length;
    if (inner !== undefined) inner.left -= 1;
    if (token.kind === "map") open.push({ left: 2 * token.count, map: true });
    if (token.kind === "array") open.push({ left: token.count, map: false });
    if (open.length > MAX_DEPTH) return `deeper than ${MAX_DEPTH} levels at ${at}`;
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  return at === bytes.length ? null : `${bytes.length - at} bytes after the message`;
}

type Token =
  | { readonly kind: "scalar" | "text"; readonly length: number }
  | { readonly kind: "map" | "array"; readonly length: number; readonly count: number };

/** The token at `at`, complete within the frame, or what is wrong there. */
function tokenAt(view: DataView, at: number): Token | string {
  if (at >= view.byteLength) return `the frame ends at ${at}, in the middle of a message`;
  const first = view.getUint8(at);
  const header = headerLength(first);
  if (header === null) return `byte ${quoteByte(view, at)} starts no value of this protocol`;
  if (at + header > view.byteLength)
    return `the frame ends at ${view.byteLength}, in the middle of a message`;
  const token = tokenOf(first, header, view, at);
  const end =
    at + token.length + (token.kind === "map" ? 2 * token.count : token.kind === "array" ? token.count : 0);
  return end > view.byteLength ? `the frame ends at ${view.byteLength}, short of ${end}` : token;
}

/** Bytes of the token's type and its length or number; null for 0xc1 and the extension types. */
function headerLength(first: number): number | null {
  if (first < 0xc0 || first >= 0xe0) return 1;
  if (first === 0xc1 || (first >= 0xc7 && first <= 0xc9) || (first >= 0xd4 && first <= 0xd8)) return null;
  return HEADERS[first - 0xc0] ?? null;
}

const HEADERS: readonly number[] = [
  // c0: nil, never used, false, true, bin 8, bin 16, bin 32, ext 8
  1, 1, 1, 1, 2, 3, 5, 1,
  // c8: ext 16, ext 32, float 32, float 64, uint 8, uint 16, uint 32, uint 64
  1, 1, 5, 9, 2, 3, 5, 9,
  // d0: int 8, int 16, int 32, int 64, fixext 1, 2, 4, 8
  2, 3, 5, 9, 1, 1, 1, 1,
  // d8: fixext 16, str 8, str 16, str 32, array 16, array 32, map 16, map 32
  1, 2, 3, 5, 3, 5, 3, 5,
];

function tokenOf(first: number, header: number, view: DataView, at: number): Token {
  if (first < 0x80 || first >= 0xe0) return { kind: "scalar", length: 1 };
  if (first < 0x90) return { kind: "map", length: 1, count: first & 0x0f };
  if (first < 0xa0) return { kind: "array", length: 1, count: first & 0x0f };
  if (first < 0xc0) return { kind: "text", length: 1 + (first & 0x1f) };
  if (first >= 0xde) return { kind: "map", length: header, count: countAt(view, at, header) };
  if (first >= 0xdc) return { kind: "array", length: header, count: countAt(view, at, header) };
  if (first >= 0xd9) return { kind: "text", length: header + countAt(view, at, header) };
  const binary = first >= 0xc4 && first <= 0xc6;
  return { kind: "scalar", length: header + (binary ? countAt(view, at, header) : 0) };
}

/** The count that fills the header after its first byte: 1, 2 or 4 bytes, big-endian. */
function countAt(view: DataView, at: number, header: number): number {
  if (header === 2) return view.getUint8(at + 1);
  return header === 3 ? view.getUint16(at + 1) : view.getUint32(at + 1);
}

function quoteByte(view: DataView, at: number): string {
  return `0x${view.getUint8(at).toString(16).padStart(2, "0")} at ${at}`;
}
