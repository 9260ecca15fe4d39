import { prepareBackend } from "@tributary/model";
import { openWasm } from "@tributary/model/node";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";

/** Makes the backend TensorFlow.js's current one, ready to train. */
export async function openBackend(name: "wasm" | "cpu"): Promise<void> {
  if (name === "wasm") await openWasm();
  else await tf.setBackend("cpu");
  prepareBackend();
}
