import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptChunk, beginAssembly, chunkAt, chunksFrom } from "./chunks.ts";
import { encodeTensor } from "./tensor.ts";

const values = (count: number) => Float32Array.from({ length: count }, (_, at) => at / 7);

describe("chunks", () => {
  test("[P14] chunks of any size, resumed at any offset, put the same bytes together", () => {
    let resumed = 0;
    const options = fc.record({
      count: fc.integer({ min: 1, max: 300 }),
      chunk: fc.integer({ min: 1, max: 500 }),
    });
    fc.assert(
      fc.property(options, fc.nat(), ({ count, chunk }, breakAt) => {
        const { manifest, bytes } = encodeTensor(values(count), "float32");
        const assembly = beginAssembly(manifest);
        let last: unknown;
        for (const part of chunksFrom(bytes, 0, chunk)) {
          if (part.offset > breakAt % bytes.length) break;
          last = acceptChunk(assembly, part);
        }
        if (assembly.received < bytes.length) resumed += 1;
        for (const part of chunksFrom(bytes, assembly.received, chunk + 1))
          last = acceptChunk(assembly, part);
        expect(last).toEqual({ outcome: "complete", bytes });
      }),
      { seed: 5, numRuns: 300 },
    );
    expect(resumed).toBeGreaterThan(50);
  });

  test("[P14] one chunk at a time, until there is none", () => {
    const bytes = new Uint8Array([1, 2, 3, 4, 5]);
    expect(chunkAt(bytes, 3, 4)).toEqual({ offset: 3, bytes: new Uint8Array([4, 5]) });
    expect(chunkAt(bytes, 5, 4)).toBeNull();
  });

  test("[P15] a chunk out of order, empty or too long is refused and changes nothing", () => {
    const { manifest, bytes } = encodeTensor(values(4), "float32");
    const assembly = beginAssembly(manifest);
    acceptChunk(assembly, { offset: 0, bytes: bytes.subarray(0, 8) });
    const refusals = [
      { offset: 0, bytes: bytes.subarray(0, 8) },
      { offset: 12, bytes: bytes.subarray(12) },
      { offset: 8, bytes: new Uint8Array() },
      { offset: 8, bytes: new Uint8Array(9) },
    ].map((chunk) => acceptChunk(assembly, chunk));
    expect(refusals).toEqual([
      { outcome: "refused", reason: "bad-offset", detail: "expected bytes at offset 8, got 8 bytes at 0" },
      { outcome: "refused", reason: "bad-offset", detail: "expected bytes at offset 8, got 4 bytes at 12" },
      { outcome: "refused", reason: "bad-offset", detail: "expected bytes at offset 8, got 0 bytes at 8" },
      { outcome: "refused", reason: "too-large", detail: "expected 16 bytes in all, got 17" },
    ]);
    expect(acceptChunk(assembly, { offset: 8, bytes: bytes.subarray(8) })).toEqual({
      outcome: "complete",
      bytes,
    });
  });

  test("[P16] a tensor with a wrong byte is refused by its hash, and can be sent again", () => {
    const { manifest, bytes } = encodeTensor(values(4), "float32");
    const assembly = beginAssembly(manifest);
    const wrong = bytes.slice();
    wrong[5] = 0xff;
    expect(acceptChunk(assembly, { offset: 0, bytes: wrong })).toMatchObject({
      outcome: "refused",
      reason: "hash-mismatch",
      detail: expect.stringContaining(manifest.hash),
    });
    expect(acceptChunk(assembly, { offset: 0, bytes })).toEqual({ outcome: "complete", bytes });
  });
});
