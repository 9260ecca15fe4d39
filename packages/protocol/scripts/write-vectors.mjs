/**
 * Writes the `hex` of every vector anew from its `message`. Run it only when the wire is meant to change, and raise
 * PROTOCOL_VERSION where an older peer could misread the result: npm run setup && node packages/protocol/scripts/write-vectors.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { encodeServerMessage, encodeTensor, encodeVolunteerMessage } from "../dist/index.js";

const folder = new URL("../vectors/", import.meta.url);

rewrite("volunteer-messages.json", ({ name, message }) => ({
  name,
  message,
  hex: hexOf(encodeVolunteerMessage(withBytes(message))),
}));
rewrite("server-messages.json", ({ name, message }) => ({
  name,
  message,
  hex: hexOf(encodeServerMessage(withBytes(message))),
}));
rewrite("tensors.json", ({ name, dtype, values }) => {
  const { manifest, bytes } = encodeTensor(Float32Array.from(values), dtype);
  return { name, dtype, values, manifest, hex: hexOf(bytes) };
});

function rewrite(file, fill) {
  const path = new URL(file, folder);
  const vectors = JSON.parse(readFileSync(path, "utf8")).map(fill);
  writeFileSync(path, `${JSON.stringify(vectors, null, 2)}\n`);
  console.log(`${file}: ${vectors.length} vectors`);
}

/** {"$bytes": "00ff"} stands for binary. */
function withBytes(message) {
  const fields = Object.entries(message).map(([name, value]) => [
    name,
    typeof value === "object" && value !== null && "$bytes" in value ? bytesOf(value.$bytes) : value,
  ]);
  return Object.fromEntries(fields);
}

function bytesOf(hex) {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

function hexOf(bytes) {
  return Buffer.from(bytes).toString("hex");
}
