/** What a client's WebSocket frames hold once their mask is taken off (RFC 6455, section 5). */

const HEADERS_END = Buffer.from("\r\n\r\n");

/**
 * The payloads of the frames that follow an upgrade request in the bytes that a client sent, joined; none where the
 * connection never became a WebSocket.
 */
export function masked(bytes: Buffer): readonly Buffer[] {
  const upgrade = bytes.toString("latin1").search(/upgrade: websocket/i);
  if (upgrade < 0) return [];
  const start = bytes.indexOf(HEADERS_END, upgrade);
  return start < 0 ? [] : [Buffer.concat(payloadsFrom(bytes, start + HEADERS_END.length))];
}

function payloadsFrom(bytes: Buffer, start: number): Buffer[] {
  const payloads: Buffer[] = [];
  let at = start;
  while (at + 2 <= bytes.length) {
    const { header, length } = lengthsAt(bytes, at);
    const mask = bytes.subarray(at + header, at + header + 4);
    const begin = at + header + 4;
    if (begin + length > bytes.length) break;
    payloads.push(
      Buffer.from(bytes.subarray(begin, begin + length)).map(
        (byte, i) => byte ^ (mask[i % 4] ?? 0),
      ) as Buffer,
    );
    at = begin + length;
  }
  return payloads;
}

/** Bytes before the mask, and bytes of the payload, of the frame at `at`. */
function lengthsAt(bytes: Buffer, at: number): { readonly header: number; readonly length: number } {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  if (short === 126 && at + 4 <= bytes.length) return { header: 4, length: bytes.readUInt16BE(at + 2) };
  if (short === 127 && at + 10 <= bytes.length) {
    return { header: 10, length: Number(bytes.readBigUInt64BE(at + 2)) };
  }
  return { header: 2, length: short };
}
