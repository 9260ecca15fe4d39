/**
 * What outlives a reload, as bytes. Text is kept as UTF-16 code units, little-endian. A finished update is the
 * length of its offer (4 bytes, little-endian), the offer as JSON, and the delta as it travels.
 */
import { hashOf, UpdateOffered } from "@tributary/protocol";
import { Value } from "typebox/value";

export type StoredUpdate = { readonly offer: UpdateOffered; readonly bytes: Uint8Array };

export function encodeStoredUpdate({ offer, bytes }: StoredUpdate): Uint8Array {
  const header = encodeText(JSON.stringify(offer));
  const stored = new Uint8Array(4 + header.length + bytes.length);
  new DataView(stored.buffer).setUint32(0, header.length, true);
  stored.set(header, 4);
  stored.set(bytes, 4 + header.length);
  return stored;
}

/** Null for bytes that are no stored update, were cut short, or do not match the hash of their offer. */
export function decodeStoredUpdate(stored: Uint8Array): StoredUpdate | null {
  if (stored.length < 4) return null;
  const headerBytes = new DataView(stored.buffer, stored.byteOffset).getUint32(0, true);
  const offer = parseJson(decodeText(stored.subarray(4, 4 + headerBytes)));
  const bytes = stored.slice(4 + headerBytes);
  if (!Value.Check(UpdateOffered, offer)) return null;
  return offer.tensor.bytes === bytes.length && offer.tensor.hash === hashOf(bytes) ? { offer, bytes } : null;
}

export function encodeText(text: string): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), true);
  return new Uint8Array(view.buffer);
}

export function decodeText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) text += String.fromCharCode(view.getUint16(at, true));
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
