/** Makes a zip file such as a wheel, for tests. Its checksums are 0: a wheel is checked as a whole. */
import { deflateRawSync } from "node:zlib";

/** @param claimedBytes the size that the directory gives for every file; the true one where it is left out */
export function zipOf(
  files: Readonly<Record<string, string>>,
  method: 0 | 8 = 8,
  claimedBytes?: number,
): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const [bytes, title] = [Buffer.byteLength(text), Buffer.from(name)];
    // The local header has an extra field of 4 bytes that the directory's does not have.
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    local.writeUInt16LE(4, 28);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(claimedBytes ?? bytes, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(offset, 42);
    locals.push(local, title, Buffer.alloc(4), packed);
    directory.push(central, title);
    offset += 30 + title.length + 4 + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
