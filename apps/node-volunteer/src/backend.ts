/** Opens the backend that the volunteers of this process train on. */
import { prepareBackend, selfCheck } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";

/** Makes the backend TensorFlow.js's current one. Throws, with the reason, where its numbers are wrong. */
export async function openBackend(name: "wasm" | "cpu"): Promise<void> {
  if (name === "wasm") await openWasm();
  else await tf.setBackend("cpu");
  prepareBackend();
  const check = await selfCheck();
  if (!check.ok) throw new Error(`the backend ${name} cannot be trusted: ${check.reason}`);
}
