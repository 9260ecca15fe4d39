import fc from "fast-check";
import { expect, test } from "vitest";
import { readRound, readUpdate, roundFrames, updateFrames } from "./wire.ts";

const values = (count: number) => Float32Array.from({ length: count }, (_, at) => Math.sin(at));
const report = { round: 3, snapshot: "a".repeat(64), examples: 12, loss: 0.5, accuracy: 0.25 };

test("[M10] a snapshot and a delta come through the frames as they went in, in one chunk or many", () => {
  let many = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150_000 }), (count) => {
      const frames = roundFrames(3, values(count));
      if (frames.length > 2) many += 1;
      expect(readRound(frames).parameters).toEqual(values(count));
      const sent = updateFrames({ ...report, delta: values(count) }, "float32");
      expect(readUpdate(sent)).toEqual({ ...report, delta: values(count) });
    }),
    { seed: 1, numRuns: 20 },
  );
  expect(many).toBeGreaterThan(5);
});

test("[M10] a delta in float16 loses no more than its rounding", () => {
  const { delta } = readUpdate(updateFrames({ ...report, delta: values(100) }, "float16"));
  for (const [at, value] of delta.entries())
    expect(Math.abs(value - Math.sin(at))).toBeLessThanOrEqual(2 ** -11);
  expect(delta).not.toEqual(values(100));
});

test("[M10] frames that are not what they should be stop with the reason", () => {
  const frames = updateFrames({ ...report, delta: values(4) }, "float32");
  const [offer = new Uint8Array(), chunk = new Uint8Array()] = frames;
  const broken = chunk.slice();
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  expect(() => readUpdate([offer, broken])).toThrow("hash-mismatch");
  expect(() => readUpdate([offer])).toThrow("expected 16 bytes in chunks, got 0");
  expect(() => readUpdate([chunk])).toThrow("expected update-offered, got update-chunk");
  expect(() => readUpdate([offer, offer])).toThrow("expected update-chunk, got update-offered");
  expect(() => readUpdate([offer.slice(1), chunk])).toThrow("bad-");
  const wild = { ...report, loss: Number.NaN, delta: values(4) };
  expect(() => readUpdate(updateFrames(wild, "float32"))).toThrow("/loss: must be number, got NaN");
});
