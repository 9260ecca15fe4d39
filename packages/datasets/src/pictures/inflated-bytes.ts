/** Decompressed bytes, a piece at a time: a small file cannot fill the memory by claiming a lot. */
import { Unzlib } from "fflate";

/** So many compressed bytes at once become at most a thousand times as many. */
const STEP_BYTES = 16_384;

/** A stream of decompressed bytes. */
export type InflatedBytes = {
  /** The next `count` bytes, valid until the next call. Throws where the data is wrong, or ends before them. */
  take(count: number): Uint8Array;
  /** As `take`, or what is left of the data where that is less. */
  takeUpTo(count: number): Uint8Array;
};

/** Reads zlib data that comes in `parts`. */
export function inflatedBytes(parts: readonly Uint8Array[]): InflatedBytes {
  const compressed = steps(parts);
  let ready: Uint8Array[] = [];
  let readyBytes = 0;
  let used = 0;
  const inflate = new Unzlib((piece) => {
    if (piece.length > 0) ready.push(piece);
    readyBytes += piece.length;
  });

  function takeUpTo(count: number): Uint8Array {
    while (readyBytes < count) {
      const { value, done } = compressed.next();
      if (done) break;
      inflate.push(value.bytes, value.isLast);
    }
    const taken = Math.min(count, readyBytes);
    const [first] = ready;
    if (first !== undefined && used + taken <= first.length) return drop(first.subarray(used, used + taken));
    return drop(gather(taken));
  }

  function gather(count: number): Uint8Array {
    const whole = new Uint8Array(count);
    let filled = 0;
    let from = used;
    for (const piece of ready) {
      const part = piece.subarray(from, from + count - filled);
      whole.set(part, filled);
      filled += part.length;
      from = 0;
    }
    return whole;
  }

  function drop(taken: Uint8Array): Uint8Array {
    readyBytes -= taken.length;
    used += taken.length;
    while (ready.length > 0 && used >= (ready[0] as Uint8Array).length) {
      used -= (ready[0] as Uint8Array).length;
      ready = ready.slice(1);
    }
    return taken;
  }

  function take(count: number): Uint8Array {
    const taken = takeUpTo(count);
    if (taken.length < count) throw new Error("its compressed data ends too early");
    return taken;
  }
  return { take, takeUpTo };
}

function* steps(parts: readonly Uint8Array[]): Generator<{ bytes: Uint8Array; isLast: boolean }, undefined> {
  for (const [index, part] of parts.entries()) {
    for (let at = 0; at < part.length; at += STEP_BYTES) {
      const isLast = index === parts.length - 1 && at + STEP_BYTES >= part.length;
      yield { bytes: part.subarray(at, at + STEP_BYTES), isLast };
    }
  }
}
