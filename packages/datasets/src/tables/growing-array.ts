/** Arrays of numbers that grow by blocks, so that growing copies nothing. */

/** A typed array in the making. */
type GrowingArray<A extends Float32Array | Uint8Array> = {
  push(values: ArrayLike<number>): void;
  /** All values in one array. What was pushed is given up. */
  take(): A;
};

const BLOCK_LENGTH = 1 << 20;

/** A growing Float32Array. */
export function growingFloats(): GrowingArray<Float32Array> {
  return growing((length) => new Float32Array(length));
}

/** A growing Uint8Array. */
export function growingBytes(): GrowingArray<Uint8Array> {
  return growing((length) => new Uint8Array(length));
}

function growing<A extends Float32Array | Uint8Array>(create: (length: number) => A): GrowingArray<A> {
  let blocks: A[] = [];
  let last = create(0);
  let used = 0;
  return {
    push(values) {
      if (used + values.length > last.length) {
        blocks.push(last.subarray(0, used) as A);
        last = create(Math.max(BLOCK_LENGTH, values.length));
        used = 0;
      }
      last.set(values, used);
      used += values.length;
    },
    take() {
      blocks.push(last.subarray(0, used) as A);
      const all = create(blocks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      // Each block is given up once it is copied.
      for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
        all.set(block, at);
        at += block.length;
      }
      blocks = [];
      last = create(0);
      used = 0;
      return all;
    },
  };
}
