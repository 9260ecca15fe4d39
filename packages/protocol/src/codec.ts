/** Messages to binary msgpack frames and back. The only file that knows msgpackr. */
import { Packr, Unpackr } from "msgpackr";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { Value } from "typebox/value";
import { frameProblem } from "./frame-scan.ts";
import { type Checker, messageCheck } from "./message-check.ts";
import { ServerMessage, VolunteerMessage } from "./messages.ts";

/** What came of a frame. `detail` quotes the offending value, in at most 500 characters. */
export type Decoded<Message> =
  | { readonly ok: true; readonly message: Message }
  /** bad-frame: not one msgpack value of this protocol. bad-message: one that fits no message of its direction. */
  | { readonly ok: false; readonly reason: "bad-frame" | "bad-message"; readonly detail: string };

export type FrameLimits = { readonly maxFrameBytes: number };

/** Room in a frame for everything but the bytes of its chunk. */
export const FRAME_OVERHEAD_BYTES = 1024;

// Whole numbers beyond 2^53 come out rounded, and fail the schemas' maxima.
const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

export function encodeVolunteerMessage(message: VolunteerMessage): Uint8Array<ArrayBuffer> {
  return encode(message);
}

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

/** Compiled at first use, so that a page, which never gets here, evaluates no code. */
let checkVolunteerMessage: ((value: unknown) => string | null) | undefined;
const checkServerMessage = messageCheck(ServerMessage, interpreted);

function compiled(schema: TSchema): Checker {
  const validator = Compile(schema);
  return { check: (value) => validator.Check(value), errors: (value) => validator.Errors(value) };
}

function interpreted(schema: TSchema): Checker {
  return { check: (value) => Value.Check(schema, value), errors: (value) => Value.Errors(schema, value) };
}

function encode(message: VolunteerMessage | ServerMessage): Uint8Array<ArrayBuffer> {
  // msgpackr hands out a view into its own buffer.
  return new Uint8Array(packr.pack(message));
}

function decode<Message>(bytes: Uint8Array, check: (value: unknown) => string | null): Decoded<Message> {
  const broken = frameProblem(bytes);
  if (broken !== null) return refuse("bad-frame", broken);
  let value: unknown;
  try {
    value = unpackr.unpack(bytes);
  } catch (error) {
    return refuse("bad-frame", error instanceof Error ? error.message : String(error));
  }
  const problem = check(value);
  if (problem !== null) return refuse("bad-message", problem);
  return { ok: true, message: withOwnBytes(value as Message & object) };
}

function refuse(reason: "bad-frame" | "bad-message", detail: string): Decoded<never> {
  return { ok: false, reason, detail: detail.slice(0, 500) };
}

/** Copies the binary fields out of msgpackr's views; a fresh buffer starts aligned. */
function withOwnBytes<Message extends object>(message: Message): Message {
  const copied = Object.entries(message).map(([name, field]: [string, unknown]) => [
    name,
    field instanceof Uint8Array ? new Uint8Array(field) : field,
  ]);
  return Object.fromEntries(copied) as Message;
}
