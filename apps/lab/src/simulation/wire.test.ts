import { encodeTensor, type UpdateDtype } from "@tributary/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frames, readRound, readUpdate, roundFrames, updateFrames } from "./wire.ts";

const values = (count: number) => Float32Array.from({ length: count }, (_, at) => Math.sin(at));
/** Much faster on long vectors than the matchers are. */
const isSame = (a: Float32Array | null, b: Float32Array) =>
  a?.length === b.length && b.every((value, at) => Object.is(a[at], value));
const sent = (delta: Float32Array, dtype: UpdateDtype, change: { loss?: number } = {}): Frames => {
  const { manifest, bytes } = encodeTensor(delta, dtype);
  const offer = { type: "update-offered", ...report, trainingMs: 0, tensor: manifest, ...change } as const;
  return updateFrames(offer, bytes);
};
const report = {
  round: 3,
  snapshot: "a".repeat(64),
  examples: 12,
  loss: 0.5,
  accuracy: 0.25,
  evaluation: null,
};

test("[M10] a snapshot and a delta come through the frames as they went in, in one chunk or many", () => {
  let many = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 150_000 }), (count) => {
      const frames = roundFrames(3, values(count), null);
      if (frames.length > 2) many += 1;
      const opened = readRound(frames);
      expect(isSame(opened.parameters, values(count))).toBe(true);
      expect(opened.control).toBeNull();
      const control = values(count).map((value) => value / 2);
      const both = readRound(roundFrames(3, values(count), control));
      expect(isSame(both.parameters, values(count)) && isSame(both.control, control)).toBe(true);
      expect(isSame(readRound(roundFrames(3, control, control)).control, control)).toBe(true);
      const { values: read, ...rest } = readUpdate(sent(values(count), "float32"));
      expect(isSame(read, values(count))).toBe(true);
      expect(rest).toEqual(report);
    }),
    { seed: 1, numRuns: 20 },
  );
  expect(many).toBeGreaterThan(5);
});

test("[M10] a delta in float16 loses no more than its rounding", () => {
  const { values: delta } = readUpdate(sent(values(100), "float16"));
  for (const [at, value] of delta.entries())
    expect(Math.abs(value - Math.sin(at))).toBeLessThanOrEqual(2 ** -11);
  expect(delta).not.toEqual(values(100));
});

test("[M10] frames that are not what they should be stop with the reason", () => {
  const frames = sent(values(4), "float32");
  const [offer = new Uint8Array(), chunk = new Uint8Array()] = frames;
  const broken = chunk.slice();
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  expect(() => readUpdate([offer, broken])).toThrow("hash-mismatch");
  expect(() => readUpdate([offer])).toThrow("expected 16 bytes in chunks, got 0");
  expect(() => readUpdate([chunk])).toThrow("expected update-offered, got update-chunk");
  expect(() => readUpdate([offer, offer])).toThrow("expected update-chunk, got update-offered");
  expect(() => readUpdate([offer.slice(1), chunk])).toThrow("bad-");
  expect(() => readUpdate(sent(values(4), "float32", { loss: Number.NaN }))).toThrow(
    "/loss must be a number, got NaN",
  );
});
