/** `node try-tensorflow.js FOLDER`: loads one installation, multiplies two matrices, and prints what it loaded. */
import * as tf from "@tensorflow/tfjs-core";
import { loadPrivate, tensorflowUsesGpu, useBackend } from "@tributary/backends";

const library = loadPrivate(process.argv[2] ?? "");
await useBackend("tensorflow");
const product = tf.matMul(
  tf.tensor2d([1, 2, 3, 4], [2, 2]) as tf.Tensor2D,
  tf.tensor2d([5, 6, 7, 8], [2, 2]) as tf.Tensor2D,
);
const values = [...(await product.data())].join(" ");
if (values !== "19 22 43 50") throw new Error(`a product of two matrices is 19 22 43 50, got ${values}`);
process.stdout.write(`${library} computes on the ${tensorflowUsesGpu() ? "GPU" : "CPU"}\n`);
process.exit(0);
