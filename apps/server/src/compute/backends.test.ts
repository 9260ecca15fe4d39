import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { openBackend } from "./backends.ts";

test("[N16] a backend asked for by name is opened and checked", async () => {
  for (const name of ["cpu", "wasm"] as const) {
    const backend = await openBackend(name);
    expect(backend).toMatchObject({ name, refused: [] });
    expect(tf.getBackend()).toBe(name);
    await backend.close();
  }
});

test("[N16] a backend that cannot be had is refused with the reason", async () => {
  await expect(openBackend("webgl")).rejects.toThrow('no backend for "webgl" (not one that Node has)');
});
