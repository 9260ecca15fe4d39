/** A file's bytes in small pieces, so that nothing waits long for its turn. */

/** How far reading has come. */
export type TableProgress = { readonly bytes: number };

/** Where a file's bytes come from, and who is told. */
export type ByteSource = {
  /** The file's bytes in order, in pieces of any size. They are read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Looked at before every piece. */
  readonly signal?: { readonly aborted: boolean };
  readonly onProgress?: (progress: TableProgress) => void;
  /** Awaited after every 128 KiB, so that whatever else waits has its turn; for example a timer of 0 ms. */
  readonly pause?: () => Promise<void>;
};

/** Pieces of at most 128 KiB. */
export type Pieces = AsyncGenerator<Uint8Array, void, void>;

const PIECE_BYTES = 1 << 17;
/** The header must end within so many bytes. */
const HEAD_BYTES = 1 << 18;

/** The bytes in small pieces, with a pause and a report before each next one; ends early when aborted. */
export async function* piecesOf(options: ByteSource): Pieces {
  const { chunks, signal, onProgress, pause } = options;
  let bytes = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      if (signal?.aborted === true) return;
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      yield piece;
      bytes += piece.length;
      onProgress?.({ bytes });
      await pause?.();
    }
  }
}

/** The first bytes of a file, and whether they are all of it. */
export async function takeHead(
  pieces: Pieces,
): Promise<{ readonly bytes: Uint8Array; readonly isWhole: boolean }> {
  const bytes = new Uint8Array(HEAD_BYTES + PIECE_BYTES);
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await pieces.next();
    if (next.done === true) return { bytes: bytes.subarray(0, length), isWhole: true };
    bytes.set(next.value, length);
    length += next.value.length;
  }
  return { bytes: bytes.subarray(0, length), isWhole: false };
}
