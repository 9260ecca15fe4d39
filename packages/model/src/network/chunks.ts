/**
 * How much of a batch one pass takes: bounded so that the event loop comes free well within a second, and so that the
 * activations fit in memory. A function of the network and the kind of backend alone, never of time, so that the same
 * work is cut, and rounded, the same way whenever it runs.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { NetworkSpec } from "@tributary/protocol";
import { firstPadding, layoutOf } from "./layout.ts";

export type Pass = "logits" | "gradient" | "tangent";

/** Multiply-adds of a pass in terms of a forward pass': convolutions, and products of the same size. */
const FORWARD_PASSES: Readonly<Record<Pass, number>> = { logits: 1, gradient: 3, tangent: 8 };

/** Multiply-adds, and values of the widest activation, of one chunk. */
type Budget = { readonly multiplyAdds: number; readonly activations: number };

/** About a quarter of a second on a slow core, and 8 MB of float32, some dozens of times over. */
const PROCESSOR: Budget = { multiplyAdds: 3e9, activations: 2_000_000 };
/** Plain JavaScript is about a hundred times slower. */
const PLAIN: Budget = { multiplyAdds: 3e7, activations: 2_000_000 };
/** Work for a GPU is only enqueued, so that memory is the bound: 80 MB, below WebGPU's 128 MB a buffer. */
const GRAPHICS: Budget = { multiplyAdds: 1e12, activations: 20_000_000 };

/** Images that one pass takes at once on the current backend, at least 1. */
export function chunkLength(spec: NetworkSpec, pass: Pass): number {
  const { multiplyAdds, activations } = budgetOf(tf.getBackend());
  const byWork = multiplyAdds / (FORWARD_PASSES[pass] * multiplyAddsOf(spec));
  return Math.max(1, Math.floor(Math.min(byWork, activations / widestActivation(spec))));
}

function budgetOf(backend: string): Budget {
  if (backend === "cpu") return PLAIN;
  if (backend === "wasm") return PROCESSOR;
  if (backend !== "tensorflow") return GRAPHICS;
  const { isUsingGpuDevice } = tf.backend() as unknown as { readonly isUsingGpuDevice?: boolean };
  return isUsingGpuDevice === true ? GRAPHICS : PROCESSOR;
}

/** Multiply-adds of one image's forward pass. */
export function multiplyAddsOf(spec: NetworkSpec): number {
  let [height, width] = paddedSides(spec);
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
  const [height, width] = paddedSides(spec);
  const inputs = height * width * spec.image[2];
  return spec.kind === "convnet" ? height * width * spec.width : Math.max(inputs, ...spec.hidden);
}

function paddedSides(spec: NetworkSpec): [height: number, width: number] {
  const grown = spec.kind === "convnet" ? 2 * (firstPadding(spec) - 1) : 0;
  return [spec.image[0] + grown, spec.image[1] + grown];
}
