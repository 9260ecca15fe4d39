/** Laws of the codec over arbitrary messages and arbitrary bytes. */
import fc from "fast-check";
import type { TSchema } from "typebox";
import { describe, expect, test } from "vitest";
import { bytesOfHex } from "../testing/vectors.ts";
import serverVectors from "../vectors/server-messages.json" with { type: "json" };
import volunteerVectors from "../vectors/volunteer-messages.json" with { type: "json" };
import {
  decodeServerMessage,
  decodeVolunteerMessage,
  encodeServerMessage,
  encodeVolunteerMessage,
} from "./codec.ts";
import { ServerMessage } from "./server-messages.ts";
import { VolunteerMessage } from "./volunteer-messages.ts";

const directions = [
  {
    direction: "volunteer to server",
    frames: volunteerVectors.map(({ hex }) => bytesOfHex(hex)),
    union: VolunteerMessage,
    encode: encodeVolunteerMessage,
    decode: (bytes: Uint8Array) => decodeVolunteerMessage(bytes, { maxFrameBytes: 1_000_000 }),
  },
  {
    direction: "server to volunteer",
    frames: serverVectors.map(({ hex }) => bytesOfHex(hex)),
    union: ServerMessage,
    encode: encodeServerMessage,
    decode: decodeServerMessage,
  },
] as const;

describe.each(directions)("$direction", ({ frames, union, encode, decode }) => {
  test("[P3] any message of the schema survives the trip, and every type takes it", () => {
    const travelled = new Set<string>();
    fc.assert(
      fc.property(arbitraryOf(union), (message) => {
        const decoded = decode(encode(message as never));
        expect(decoded).toEqual({ ok: true, message });
        if (decoded.ok) travelled.add(decoded.message.type);
      }),
      { seed: 1, numRuns: 400 },
    );
    expect(travelled.size).toBe(union.anyOf.length);
  });

  test("[P4] no bytes make it throw: noise", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        if (!decode(bytes).ok) refused += 1;
      }),
      { seed: 2, numRuns: 5000 },
    );
    expect(refused).toBe(5000);
  });

  test("[P4] no bytes make it throw: good frames with some bytes changed, cut or doubled", () => {
    const seen = { "bad-frame": 0, "bad-message": 0, ok: 0 };
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      kind: fc.constantFrom("set", "cut", "double"),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...frames),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (frame, changes) => {
          const decoded = decode(changes.reduce(mutate, frame));
          seen[decoded.ok ? "ok" : decoded.reason] += 1;
          if (!decoded.ok) expect(decoded.detail.length).toBeGreaterThan(0);
          if (!decoded.ok) expect(decoded.detail.length).toBeLessThanOrEqual(500);
        },
      ),
      { seed: 3, numRuns: 8000 },
    );
    expect(seen["bad-frame"]).toBeGreaterThan(1000);
    expect(seen["bad-message"]).toBeGreaterThan(500);
    expect(seen.ok).toBeGreaterThan(50);
  });
});

function mutate(frame: Uint8Array, change: { at: number; byte: number; kind: string }): Uint8Array {
  const at = frame.length === 0 ? 0 : change.at % frame.length;
  if (change.kind === "cut") return frame.slice(0, at);
  const changed = change.kind === "double" ? new Uint8Array([...frame, ...frame.slice(at)]) : frame.slice();
  if (change.kind === "set" && changed.length > 0) changed[at] = change.byte;
  return changed;
}

type Node = TSchema & {
  readonly const?: unknown;
  readonly anyOf?: readonly Node[];
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node | readonly Node[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
};

/** Values that fit a schema. */
function arbitraryOf(schema: Node): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  switch (schema.type) {
    case "object":
      return objectOf(schema);
    case "array":
      return arrayOf(schema);
    case "string":
      return textOf(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? Number.MAX_SAFE_INTEGER });
    case "number":
      return numberOf(schema);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case undefined:
      return fc.uint8Array({ maxLength: 64 });
    default:
      throw new Error(`no arbitrary for ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties = {}, required = [] }: Node): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [name, arbitraryOf(field)] as const),
  );
  return fc.record(fields, { requiredKeys: [...required], noNullPrototype: true });
}

function arrayOf({ items, minItems = 0, maxItems = 8 }: Node): fc.Arbitrary<unknown> {
  if (items === undefined) throw new Error("no arbitrary for an array without items");
  if (isTuple(items)) return fc.tuple(...items.map(arbitraryOf));
  return fc.array(arbitraryOf(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 8) });
}

function isTuple(items: Node | readonly Node[]): items is readonly Node[] {
  return Array.isArray(items);
}

function textOf({ pattern, minLength = 0, maxLength = 40 }: Node): fc.Arbitrary<unknown> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: "binary" });
}

function numberOf(schema: Node): fc.Arbitrary<unknown> {
  const { exclusiveMinimum, exclusiveMaximum } = schema;
  return fc
    .double({
      min: schema.minimum ?? exclusiveMinimum ?? -1e300,
      max: schema.maximum ?? exclusiveMaximum ?? 1e300,
      noNaN: true,
    })
    .filter((value) => value !== exclusiveMinimum && value !== exclusiveMaximum)
    .map((value) => (value === 0 ? 0 : value));
}
