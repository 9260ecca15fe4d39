/** Reading the golden byte vectors of `vectors/`: what every other client of the protocol can test itself against. */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

export type MessageVector = { readonly name: string; readonly message: object; readonly hex: string };

/** The vectors of one direction's file; `{"$bytes": "00ff"}` in a message stands for binary. */
export function messageVectors(file: readonly MessageVector[]): readonly MessageVector[] {
  return file.map((vector) => ({ ...vector, message: withBytes(vector.message) }));
}

export function bytesOfHex(hex: string): Uint8Array {
  return hexToBytes(hex);
}

export function hexOfBytes(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

function withBytes(message: object): object {
  const fields = Object.entries(message).map(([name, value]: [string, unknown]) => {
    const binary = typeof value === "object" && value !== null && "$bytes" in value;
    return [name, binary ? bytesOfHex(String(value.$bytes)) : value];
  });
  return Object.fromEntries(fields);
}
