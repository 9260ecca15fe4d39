import { createHash } from "node:crypto";

/** SHA-256 in lower-case hex; of text, over its UTF-8 bytes. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}
