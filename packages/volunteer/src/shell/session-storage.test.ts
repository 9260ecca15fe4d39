import { encodeTensor } from "@tributary/protocol";
import { expect, test } from "vitest";
import { hashOf } from "../../testing/plan.ts";
import { createMemoryStore } from "../memory-store.ts";
import type { FinishedUpdate } from "../training/finished-update.ts";
import { createSessionStorage } from "./session-storage.ts";
import { decodeStoredUpdate, encodeStoredUpdate } from "./stored-update.ts";

const { manifest, bytes } = encodeTensor(Float32Array.of(0.5, -2, 3), "float32");
const update: FinishedUpdate = {
  offer: {
    type: "update-offered",
    round: 3,
    snapshot: hashOf(1),
    examples: 20,
    loss: 1.25,
    accuracy: 0.5,
    evaluation: null,
    trainingMs: 2 ** 40,
    tensor: manifest,
  },
  bytes,
};

test("[V13] the next visit finds the identity and the finished update as they were", async () => {
  const values = new Map<string, Uint8Array>();
  const before = createSessionStorage(createMemoryStore(values), "demo");
  expect(await before.load()).toEqual({ resumeToken: null, update: null });
  before.saveIdentity("token-1");
  await before.saveUpdate(update);
  const after = createSessionStorage(createMemoryStore(values), "demo");
  expect(await after.load()).toEqual({ resumeToken: "token-1", update });
  after.forgetUpdate(Promise.reject(new Error("the trainer is gone")));
  await after.settled();
  expect(await after.load()).toMatchObject({ update });
  after.forgetUpdate(Promise.resolve());
  await after.settled();
  expect(await after.load()).toEqual({ resumeToken: "token-1", update: null });
});

test("[V24] a stored update that is damaged, cut short or of another tensor is left aside", () => {
  const stored = encodeStoredUpdate(update);
  expect(decodeStoredUpdate(stored)).toEqual(update);
  for (let length = 0; length < stored.length; length++) {
    expect(decodeStoredUpdate(stored.subarray(0, length))).toBeNull();
  }
  const other = encodeTensor(Float32Array.of(0.5, -2, 4), "float32").manifest;
  for (const tensor of [other, { ...manifest, bytes: 16, elements: 4 }]) {
    const mismatched = { ...update, offer: { ...update.offer, tensor } };
    expect(decodeStoredUpdate(encodeStoredUpdate(mismatched))).toBeNull();
  }
});

test("[V24] what a version with another layout stored is left aside", async () => {
  const utf16 = (text: string) => [...text].flatMap((letter) => [letter.charCodeAt(0), 0]);
  const offer = utf16(JSON.stringify(update.offer));
  const values = new Map([
    ["demo/identity", Uint8Array.from(utf16("token-1"))],
    ["demo/update", Uint8Array.from([offer.length % 256, offer.length >> 8, 0, 0, ...offer, ...bytes])],
  ]);
  expect(await createSessionStorage(createMemoryStore(values), "demo").load()).toEqual({
    resumeToken: null,
    update: null,
  });
});

test("[V24] a store that fails costs nothing but what it would have kept", async () => {
  const fail = () => Promise.reject(new Error("storage is forbidden"));
  const storage = createSessionStorage({ load: fail, save: fail, remove: fail }, "demo");
  expect(await storage.load()).toEqual({ resumeToken: null, update: null });
  storage.saveIdentity("token-1");
  await storage.saveUpdate(update);
  storage.forgetUpdate(Promise.resolve());
  await storage.settled();
});
