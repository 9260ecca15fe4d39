/** The forms in which a planted text or a run of bytes could leave a page. */

/** A shorter run of bytes is in any model by chance: it tells nothing. */
const LEAST_BYTES = 8;

/** A secret under a name that says what leaked. */
export type Trace = { readonly name: string; readonly bytes: Buffer };

/** A text as UTF-8, UTF-16 and in the escapes of URLs and JSON. */
export function tracesOfText(name: string, text: string): readonly Trace[] {
  const escaped = [...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  return [
    { name: `${name} as UTF-8`, bytes: Buffer.from(text, "utf8") },
    { name: `${name} as UTF-16`, bytes: Buffer.from(text, "utf16le") },
    { name: `${name} in a URL`, bytes: Buffer.from(encodeURIComponent(text)) },
    { name: `${name} in JSON escapes`, bytes: Buffer.from(escaped) },
  ].flatMap((trace) => [trace, ...inBase64(trace)]);
}

/** Bytes as they are and in base64. */
export function tracesOfBytes(name: string, bytes: Uint8Array): readonly Trace[] {
  const plain = { name, bytes: Buffer.from(bytes) };
  return [plain, ...inBase64(plain)];
}

/** The middle of the base64 of the bytes, at each of the three places where they can begin. */
function inBase64({ name, bytes }: Trace): readonly Trace[] {
  const traces = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    // The signs at both ends depend on the neighbours too.
    return { name: `${name} in base64`, bytes: Buffer.from(text.slice(shift === 0 ? 0 : 4, -4)) };
  });
  return traces.filter((trace) => trace.bytes.length >= LEAST_BYTES);
}

/** The names of the traces that are somewhere in what was sent. */
export function found(traces: readonly Trace[], sent: readonly Buffer[]): readonly string[] {
  return traces.filter(({ bytes }) => sent.some((part) => part.includes(bytes))).map(({ name }) => name);
}
