import { describe, expect, test } from "vitest";
import { bytesOfHex, hexOfBytes, messageVectors } from "../testing/vectors.ts";
import serverVectors from "../vectors/server-messages.json" with { type: "json" };
import volunteerVectors from "../vectors/volunteer-messages.json" with { type: "json" };
import {
  decodeServerMessage,
  decodeVolunteerMessage,
  encodeServerMessage,
  encodeVolunteerMessage,
} from "./codec.ts";
import { RunActivity, ServerMessage } from "./server-messages.ts";
import { VolunteerMessage } from "./volunteer-messages.ts";

const limits = { maxFrameBytes: 1_000_000 };
const fromVolunteer = (bytes: Uint8Array) => decodeVolunteerMessage(bytes, limits);
/** Any value as msgpack: the encoder believes its types. */
const packed = (value: unknown) => encodeVolunteerMessage(value as never);

const directions = [
  {
    direction: "volunteer to server",
    vectors: messageVectors(volunteerVectors),
    union: VolunteerMessage,
    encode: encodeVolunteerMessage,
    decode: fromVolunteer,
  },
  {
    direction: "server to volunteer",
    vectors: messageVectors(serverVectors),
    union: ServerMessage,
    encode: encodeServerMessage,
    decode: decodeServerMessage,
  },
] as const;

describe.each(directions)("$direction", ({ vectors, union, encode, decode }) => {
  test.each(vectors)("[P1] the golden bytes decode and encode both ways: $name", ({ message, hex }) => {
    expect(decode(bytesOfHex(hex))).toEqual({ ok: true, message });
    expect(hexOfBytes(encode(message as never))).toBe(hex);
  });

  test("[P2] every message has a golden vector", () => {
    const types = new Set(vectors.map(({ message }) => ("type" in message ? message.type : null)));
    expect(types).toEqual(new Set(union.anyOf.map((variant) => variant.properties.type.const)));
  });

  test.each([
    ["nothing", "", "the frame ends at 0"],
    ["the byte that msgpack never uses", "c1", "0xc1 at 0"],
    ["an extension", "d40000", "0xd4 at 0"],
    ["a date", hexOfBytes(packed({ type: "ping", nonce: new Date(0) })), "0xd6 at"],
    ["a record definition", "d57200", "0xd5 at 0"],
    ["bytes after the message", `${hexOfBytes(packed({ type: "ping", nonce: 1 }))}c0`, "1 bytes after"],
    ["a key that is not text", "8101c0", "0x01 at 1"],
    ["a map that promises 2^32 - 1 fields", "dfffffffff", "the frame ends at 5"],
    ["a text that promises 2^32 - 1 bytes", "dbffffffff61", "the frame ends at 6"],
    ["100,000 nested arrays", "91".repeat(100_000), "deeper than 16 levels"],
    ["100,000 nested maps", "81a161".repeat(100_000), "deeper than 16 levels"],
  ])("[P5] %s is a bad frame", (_, hex, detail) => {
    expect(decode(bytesOfHex(hex))).toMatchObject({
      ok: false,
      reason: "bad-frame",
      detail: expect.stringContaining(detail),
    });
  });

  test("[P6] keys that name a prototype pollute nothing", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const frame = packed(
        new Map<string, unknown>([
          ["type", "ping"],
          ["nonce", 1],
          [key, { polluted: true }],
        ]),
      );
      expect(decode(frame)).toMatchObject({ ok: false, reason: "bad-message" });
    }
    expect("polluted" in {}).toBe(false);
  });
});

test("[P2] every state of a run's activity has a golden vector", () => {
  const states = messageVectors(serverVectors).flatMap(({ message }) =>
    "activity" in message ? [(message.activity as RunActivity).state] : [],
  );
  expect(new Set(states)).toEqual(
    new Set(RunActivity.anyOf.map((variant) => variant.properties.state.const)),
  );
});

test.each([
  [{ type: "ping", nonce: -3 }, "/nonce must be at least 0, got -3"],
  [{ type: "ping" }, "/nonce is missing"],
  [{ type: "ping", nonce: 1, extra: 2 }, "/extra is not known here"],
  [{ type: "welcome" }, '/type is not a message of this direction: "welcome"'],
  [{ type: ["ping"] }, '/type is not a message of this direction: ["ping"]'],
  [{ nonce: new Uint8Array(5) }, 'the value must be a message with a type, got {"nonce":...}'],
  ["ping", 'the value must be a message with a type, got "ping"'],
  [
    { type: "training-progressed", round: 1, batch: 1, batches: 2, loss: Number.NaN },
    "/loss must be a number, got NaN",
  ],
  [{ type: "update-chunk", round: 1, offset: 0, bytes: "abc" }, '/bytes must be binary, got "abc"'],
  [{ type: "ping", nonce: 2 ** 60 }, "/nonce must be at most 9007199254740991, got 1152921504606847000"],
  [
    {
      type: "hello",
      protocol: 1,
      run: "Demo Run",
      client: { name: "a", version: "1", device: "d" },
      backend: "wasm",
    },
    '/run must match pattern "^[a-z0-9-]{1,64}$", got "Demo Run"',
  ],
  [
    {
      type: "hello",
      protocol: 1,
      run: "demo",
      client: { name: "a", version: "1", device: "d" },
      backend: "cuda",
    },
    '/backend must be one of "webgpu", "webgl", "wasm", "cpu", "tensorflow", got "cuda"',
  ],
])("[P7] a refusal names the field and quotes its value: %j", (message, detail) => {
  expect(fromVolunteer(packed(message))).toEqual({ ok: false, reason: "bad-message", detail });
});

test("[P7] a refusal quotes no more of a value than a line", () => {
  const decoded = fromVolunteer(packed({ type: "x".repeat(100_000) }));
  expect(decoded).toMatchObject({ ok: false, reason: "bad-message" });
  expect(decoded.ok ? "" : decoded.detail).toHaveLength(162);
});

test("[P8] binary fields are copies in buffers of their own, aligned to 4 bytes", () => {
  const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  const frame = Buffer.from(encodeVolunteerMessage({ type: "update-chunk", round: 1, offset: 0, bytes }));
  const decoded = fromVolunteer(frame);
  frame.fill(0);
  if (!decoded.ok || decoded.message.type !== "update-chunk") throw new Error("expected an update-chunk");
  const chunk = decoded.message.bytes;
  expect(chunk).toEqual(bytes);
  expect(chunk.constructor).toBe(Uint8Array);
  expect([chunk.byteOffset, chunk.buffer.byteLength]).toEqual([0, 8]);
});

test("[P9] a frame above the limit is refused before it is read", () => {
  const frame = encodeVolunteerMessage({ type: "goodbye" });
  expect(decodeVolunteerMessage(frame, { maxFrameBytes: frame.length })).toMatchObject({ ok: true });
  expect(decodeVolunteerMessage(frame, { maxFrameBytes: frame.length - 1 })).toEqual({
    ok: false,
    reason: "bad-frame",
    detail: `expected at most ${frame.length - 1} bytes in a frame, got ${frame.length}`,
  });
});
