import { expect, test } from "vitest";
import { parseCifar10, parseCifar100 } from "./cifar.ts";
import { cifar10ClassNames, cifar100ClassNames } from "./cifar-names.ts";

/** A record whose red, green and blue planes hold `place + 0`, `+ 50` and `+ 100`, modulo 256. */
function record(label: number): Uint8Array {
  const bytes = new Uint8Array(3073);
  bytes[0] = label;
  for (let at = 0; at < 3072; at++) bytes[1 + at] = (at % 1024) + 50 * Math.floor(at / 1024);
  return bytes;
}

test("[D11] CIFAR-10's planes become pixels of three channels, in the order of the records", () => {
  const data = parseCifar10(Buffer.concat([record(3), record(9)]));
  expect(data).toMatchObject({ image: [32, 32, 3], classes: 10, count: 2 });
  expect([...data.labels]).toEqual([3, 9]);
  expect([...data.pixels.subarray(0, 6)]).toEqual([0, 50, 100, 1, 51, 101]);
  // The second image's last pixel: place 1023, modulo 256.
  expect([...data.pixels.subarray(-3)]).toEqual([255, (1023 + 50) % 256, (1023 + 100) % 256]);
  expect(cifar10ClassNames).toHaveLength(10);
});

test("[D12] a CIFAR-10 file of another length, or with a label of ten or above, is refused with the number", () => {
  expect(() => parseCifar10(new Uint8Array())).toThrow("records of 3073 bytes, got 0 bytes");
  expect(() => parseCifar10(new Uint8Array(3074))).toThrow("records of 3073 bytes, got 3074 bytes");
  expect(() => parseCifar10(Buffer.concat([record(0), record(10)]))).toThrow("got 10 at image 1");
});

test("[D28] CIFAR-100's records have a coarse label, which is not read, before the fine one", () => {
  const data = parseCifar100(Buffer.concat([Uint8Array.of(19), record(99), Uint8Array.of(3), record(0)]));
  expect(data).toMatchObject({ image: [32, 32, 3], classes: 100, count: 2 });
  expect([...data.labels]).toEqual([99, 0]);
  expect([...data.pixels.subarray(0, 6)]).toEqual([0, 50, 100, 1, 51, 101]);
  expect(cifar100ClassNames).toHaveLength(100);
  expect([cifar100ClassNames[0], cifar100ClassNames[99]]).toEqual(["apple", "worm"]);
  expect(() => parseCifar100(new Uint8Array(3073))).toThrow("records of 3074 bytes, got 3073 bytes");
  expect(() => parseCifar100(Buffer.concat([Uint8Array.of(0), record(100)]))).toThrow("got 100 at image 0");
});
