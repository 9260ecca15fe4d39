import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOfHex, hexOfBytes } from "../testing/vectors.ts";
import tensorVectors from "../vectors/tensors.json" with { type: "json" };
import type { TensorManifest } from "./message-parts.ts";
import type { UpdateDtype } from "./plan.ts";
import { decodeTensor, decodeValues, encodeTensor } from "./tensor.ts";

type TensorVector = {
  readonly name: string;
  readonly dtype: UpdateDtype;
  readonly values: readonly number[];
  readonly manifest: TensorManifest;
  readonly hex: string;
};

describe("tensors", () => {
  test.each(tensorVectors as readonly TensorVector[])(
    "[P12] a tensor's golden bytes, length and hash: $name",
    ({ dtype, values, manifest, hex }) => {
      const encoded = encodeTensor(Float32Array.from(values), dtype);
      expect(hexOfBytes(encoded.bytes)).toBe(hex);
      expect(encoded.manifest).toEqual(manifest);
      expect(decodeTensor(manifest, bytesOfHex(hex))).toMatchObject({ ok: true });
    },
  );

  test("[P12] float32 comes back bit for bit, from any offset in a buffer", () => {
    const finite = fc.float32Array({ minLength: 1, noNaN: true });
    fc.assert(
      fc.property(finite, fc.integer({ min: 0, max: 3 }), (values, shift) => {
        const { manifest, bytes } = encodeTensor(values, "float32");
        const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
        shifted.set(bytes);
        expect(decodeTensor(manifest, shifted)).toEqual({ ok: true, values });
      }),
      { seed: 4 },
    );
  });

  test("[P13] bytes that do not fit the manifest are refused with both numbers", () => {
    const { manifest, bytes } = encodeTensor(Float32Array.of(1, 2, 3), "float16");
    expect(decodeTensor(manifest, bytes.subarray(1))).toEqual({
      ok: false,
      reason: "wrong-shape",
      detail: "expected 6 bytes, got 5",
    });
    expect(decodeTensor({ ...manifest, elements: 4 }, bytes)).toEqual({
      ok: false,
      reason: "wrong-shape",
      detail: "expected 8 bytes for 4 values of float16, got 6",
    });
    expect(() => decodeValues(bytes.subarray(1), "float16")).toThrow("expected a multiple of 2 bytes, got 5");
  });
});
