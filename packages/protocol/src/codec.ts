/**
 * Messages to binary msgpack frames and back, and the records that a volunteer stores. The only file that knows
 * msgpackr.
 */
import { Packr, Unpackr } from "msgpackr";
import type { Static, TObject, TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { frameProblem } from "./frame-scan.ts";
import { type Check, messageCheck } from "./message-check.ts";
import { describeProblem, type Problem } from "./problem.ts";
import { ServerMessage } from "./server-messages.ts";
import { VolunteerMessage } from "./volunteer-messages.ts";

/** What a frame holds. `detail` quotes the offending value, in at most 500 characters. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  /** bad-frame: not one msgpack value of this protocol. bad-message: one that fits no message of its direction. */
  | { readonly ok: false; readonly reason: "bad-frame" | "bad-message"; readonly detail: string };

/** The largest frame that is decoded, in bytes. */
export type FrameLimits = { readonly maxFrameBytes: number };

/** Room in a frame for everything but the bytes of its chunk. */
export const FRAME_OVERHEAD_BYTES = 1024;

// Whole numbers beyond 2^53 come out rounded, and fail the schemas' maxima.
const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

/** The frame of a volunteer's message. */
export function encodeVolunteerMessage(message: VolunteerMessage): Uint8Array<ArrayBuffer> {
  return encode(message);
}

/** The frame of a server's message. */
export function encodeServerMessage(message: ServerMessage): Uint8Array<ArrayBuffer> {
  return encode(message);
}

/** Reads a volunteer's frame. Never throws, whatever the bytes; binary fields are copies aligned to 4 bytes. */
export function decodeVolunteerMessage(bytes: Uint8Array, limits: FrameLimits): Decoded<VolunteerMessage> {
  checkVolunteerMessage ??= messageCheck(VolunteerMessage, compiled);
  if (bytes.length > limits.maxFrameBytes) {
    const detail = `expected at most ${limits.maxFrameBytes} bytes in a frame, got ${bytes.length}`;
    return { ok: false, reason: "bad-frame", detail };
  }
  return decode<VolunteerMessage>(bytes, checkVolunteerMessage);
}

/** Reads the server's frame. Never throws, whatever the bytes; binary fields are copies aligned to 4 bytes. */
export function decodeServerMessage(bytes: Uint8Array): Decoded<ServerMessage> {
  return decode<ServerMessage>(bytes, checkServerMessage);
}

/** A record that a volunteer stores for its next visit, as bytes. Its fields must not be undefined. */
export function encodeRecord(record: object): Uint8Array<ArrayBuffer> {
  return encode(record);
}

/**
 * Reads a stored record. Null where the bytes are not exactly one record of the schema: damaged, cut short, or
 * written by a version that stored something else. Never throws, whatever the bytes; binary fields are copies aligned
 * to 4 bytes.
 */
export function decodeRecord<Schema extends TObject>(
  schema: Schema,
  bytes: Uint8Array,
): Static<Schema> | null {
  const unpacked = unpack(bytes);
  if (unpacked.outcome === "broken" || !Value.Check(schema, unpacked.value)) return null;
  return withOwnBytes(unpacked.value);
}

/** Compiled at first use, so that a page, which never gets here, evaluates no code. */
let checkVolunteerMessage: ((value: unknown) => Problem | null) | undefined;
const checkServerMessage = messageCheck(ServerMessage, interpreted);

function compiled(schema: TSchema): Check {
  const validator = Compile(schema);
  return (value) => validator.Check(value);
}

function interpreted(schema: TSchema): Check {
  return (value) => Value.Check(schema, value);
}

function encode(value: object): Uint8Array<ArrayBuffer> {
  // msgpackr hands out a view into its own buffer.
  return new Uint8Array(packr.pack(value));
}

function decode<Message>(bytes: Uint8Array, check: (value: unknown) => Problem | null): Decoded<Message> {
  const unpacked = unpack(bytes);
  if (unpacked.outcome === "broken") return refuse("bad-frame", unpacked.detail);
  const problem = check(unpacked.value);
  if (problem !== null) return refuse("bad-message", describeProblem(problem));
  return { ok: true, message: withOwnBytes(unpacked.value as Message) };
}

/** Binary fields of the value are views. */
type Unpacked =
  | { readonly outcome: "unpacked"; readonly value: unknown }
  | { readonly outcome: "broken"; readonly detail: string };

/** Reads exactly one msgpack value. */
function unpack(bytes: Uint8Array): Unpacked {
  const broken = frameProblem(bytes);
  if (broken !== null) return { outcome: "broken", detail: broken };
  try {
    return { outcome: "unpacked", value: unpackr.unpack(bytes) };
  } catch (error) {
    return { outcome: "broken", detail: error instanceof Error ? error.message : String(error) };
  }
}

function refuse(reason: "bad-frame" | "bad-message", detail: string): Decoded<never> {
  return { ok: false, reason, detail: detail.slice(0, 500) };
}

/** Copies the binary fields, at any depth, out of msgpackr's views; a fresh buffer starts aligned. */
function withOwnBytes<T>(value: T): T {
  return owned(value) as T;
}

function owned(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(owned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]: [string, unknown]) => [name, owned(field)]),
  );
}
