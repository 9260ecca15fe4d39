import fc from "fast-check";
import { type Static, Type } from "typebox";
import { expect, test } from "vitest";
import { decodeRecord, encodeRecord } from "./codec.ts";
import { Bytes } from "./message-parts.ts";

const Kept = Type.Object(
  {
    version: Type.Literal(1),
    name: Type.String(),
    parts: Type.Array(Type.Object({ weight: Type.Number(), bytes: Bytes }, { additionalProperties: false })),
    last: Type.Union([Bytes, Type.Null()]),
  },
  { additionalProperties: false },
);

/** Msgpack's whole numbers know no negative zero. */
const weight = fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value || 0);
const arbitrary: fc.Arbitrary<Static<typeof Kept>> = fc.record({
  version: fc.constant(1 as const),
  name: fc.string({ unit: "binary" }),
  parts: fc.array(fc.record({ weight, bytes: fc.uint8Array({ maxLength: 70 }) }), { maxLength: 4 }),
  last: fc.option(fc.uint8Array({ maxLength: 300 })),
});

test("[P17] a record comes back from its bytes as it was, in binary fields of their own", () => {
  let binary = 0;
  fc.assert(
    fc.property(arbitrary, (record) => {
      const decoded = decodeRecord(Kept, encodeRecord(record));
      expect(decoded).toEqual(record);
      for (const { bytes } of decoded?.parts ?? []) {
        binary += 1;
        expect(bytes.constructor).toBe(Uint8Array);
        expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, bytes.length]);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(binary).toBeGreaterThan(100);
});

test("[P17] bytes that are not exactly one record of the schema are none, and never throw", () => {
  const record = { version: 1, name: "a", parts: [], last: Uint8Array.of(1, 2, 3) } as const;
  const bytes = encodeRecord(record);
  for (let length = 0; length < bytes.length; length++) {
    expect(decodeRecord(Kept, bytes.subarray(0, length))).toBeNull();
  }
  expect(decodeRecord(Kept, Uint8Array.from([...bytes, 0]))).toBeNull();
  for (const other of [
    { ...record, version: 2 },
    { ...record, name: 1 },
    { ...record, last: "text" },
    { ...record, more: true },
    { version: 1, name: "a", parts: [] },
    { ...record, last: new Date(0) },
  ]) {
    expect(decodeRecord(Kept, encodeRecord(other))).toBeNull();
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(decodeRecord(Kept, noise)).toBeNull();
    }),
    { seed: 2, numRuns: 3000 },
  );
});
