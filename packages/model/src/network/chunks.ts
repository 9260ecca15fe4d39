/**
 * How much of a batch one pass takes: so little that the event loop comes free well within a second and that the
 * activations fit in memory. It depends on the network and the kind of backend alone, never on time, so that the same
 * work is cut, and rounded, the same way whenever it runs.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type ConvNetSpec, inputSizeOf, type NetworkSpec } from "@tributary/protocol";
import { firstPadding, layoutOf } from "./layout.ts";

/** What is computed of a chunk: see `logits`, `lossGradient` and `gradientTangent` in passes.ts. */
export type Pass = "logits" | "gradient" | "tangent";

/** Multiply-adds of a pass as a multiple of the forward pass: it counts the products of the forward pass's size. */
const FORWARD_PASSES: Readonly<Record<Pass, number>> = { logits: 1, gradient: 3, tangent: 8 };

/** Multiply-adds, and values of the widest activation, of one chunk. */
type Budget = { readonly multiplyAdds: number; readonly activations: number };

/** About a quarter of a second on a slow core; 8 MB of float32, of which a pass holds some dozens. */
const PROCESSOR: Budget = { multiplyAdds: 3e9, activations: 2_000_000 };
/** Plain JavaScript is about a hundred times slower. */
const PLAIN: Budget = { multiplyAdds: 3e7, activations: 2_000_000 };
/** Work for a GPU is only enqueued, so memory is the bound: 80 MB, below the 128 MB of one WebGPU buffer. */
const GRAPHICS: Budget = { multiplyAdds: 1e12, activations: 20_000_000 };

/** Examples that one pass takes at once on the current backend, at least 1. */
export function chunkLength(spec: NetworkSpec, pass: Pass): number {
  const { multiplyAdds, activations } = budgetOf(tf.getBackend());
  const byWork = multiplyAdds / (FORWARD_PASSES[pass] * multiplyAddsOf(spec));
  return Math.max(1, Math.floor(Math.min(byWork, activations / widestActivation(spec))));
}

function budgetOf(backend: string): Budget {
  if (backend === "cpu") return PLAIN;
  if (backend === "wasm") return PROCESSOR;
  if (backend !== "tensorflow") return GRAPHICS;
  const native = tf.backend() as tf.KernelBackend & { readonly isUsingGpuDevice?: boolean };
  return native.isUsingGpuDevice === true ? GRAPHICS : PROCESSOR;
}

/** Multiply-adds of the forward pass of one example. */
export function multiplyAddsOf(spec: NetworkSpec): number {
  let [height, width] = spec.kind === "convnet" ? paddedSides(spec) : [1, 1];
  let sum = 0;
  for (const { name, size } of layoutOf(spec)) {
    if (!name.endsWith("/kernel")) continue;
    if (!name.startsWith("conv")) {
      sum += size;
      continue;
    }
    sum += size * height * width;
    [height, width] = [Math.floor(height / 2), Math.floor(width / 2)];
  }
  return sum;
}

function widestActivation(spec: NetworkSpec): number {
  if (spec.kind === "mlp") return Math.max(inputSizeOf(spec), ...spec.hidden);
  const [height, width] = paddedSides(spec);
  return height * width * spec.width;
}

function paddedSides(spec: ConvNetSpec): [height: number, width: number] {
  const grown = 2 * (firstPadding(spec) - 1);
  return [spec.image[0] + grown, spec.image[1] + grown];
}
