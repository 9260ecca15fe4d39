/** A finished update as the bytes that are stored until the server's last word on it. */
import { Bytes, decodeRecord, encodeRecord, hashOf, UpdateOffered } from "@tributary/protocol";
import { type Static, Type } from "typebox";
import type { FinishedUpdate } from "../training/finished-update.ts";

const StoredUpdate = Type.Object(
  { version: Type.Literal(1), offer: UpdateOffered, bytes: Bytes },
  { additionalProperties: false },
);
type StoredUpdate = Static<typeof StoredUpdate>;

/** The update as a msgpack record: its offer, and its delta as it travels. */
export function encodeStoredUpdate({ offer, bytes }: FinishedUpdate): Uint8Array {
  return encodeRecord({ version: 1, offer, bytes } satisfies StoredUpdate);
}

/** Null for bytes that are not a stored update of this version, and for a delta that does not match its offer. */
export function decodeStoredUpdate(stored: Uint8Array): FinishedUpdate | null {
  const record = decodeRecord(StoredUpdate, stored);
  if (record === null) return null;
  const { offer, bytes } = record;
  return offer.tensor.bytes === bytes.length && offer.tensor.hash === hashOf(bytes) ? { offer, bytes } : null;
}
