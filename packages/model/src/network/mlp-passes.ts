/**
 * The MLP's loss, its gradient, and the derivative of all its gradients along a direction in theta; see
 * convnet-passes.ts for the method and the names.
 * Legend: N examples, K outputs; layer l maps x_l [N, I] to a_l = x_l W_l + b_l [N, O], and x_{l+1} = relu(a_l).
 */
import * as tf from "@tensorflow/tfjs-core";
import type { MlpSpec } from "@tributary/protocol";
import { positive } from "../tensor/pooling.ts";
import type { Gradient, Tangent } from "./derivatives.ts";
import { lossAt, lossTangent } from "./loss.ts";
import { joinParameters, type NamedTensors, splitParameters } from "./parameters.ts";

/** Outputs [N, K] for x [N, ...input] and theta [P]. Call it inside a `tf.tidy`. */
export function mlpLogits(spec: MlpSpec, theta: tf.Tensor1D, x: tf.Tensor): tf.Tensor2D {
  return forward(spec, splitParameters(spec, theta), x).logits;
}

/**
 * Loss, its gradient in theta, and outputs, for x [N, ...input] and labels [N, K]. Call it inside a `tf.tidy`: it
 * leaves tensors beside its result.
 */
export function mlpGradient(spec: MlpSpec, theta: tf.Tensor1D, x: tf.Tensor, labels: tf.Tensor2D): Gradient {
  const parameter = splitParameters(spec, theta);
  const { inputs, logits } = forward(spec, parameter, x);
  const { loss, logits: logitsBar } = lossAt(spec.loss, logits, labels);
  const bars: Record<string, tf.Tensor> = {};
  let bar = logitsBar;
  for (let layer = spec.hidden.length; layer >= 0; layer--) {
    const input = inputs[layer] as tf.Tensor2D;
    bars[`dense${layer}/kernel`] = tf.matMul(input, bar, true, false);
    bars[`dense${layer}/bias`] = tf.sum(bar, 0);
    if (layer > 0) bar = masked(tf.matMul(bar, kernelOf(parameter, layer), false, true), input);
  }
  return { loss, gradient: joinParameters(spec, bars), logits };
}

/**
 * Slope, and its gradients in theta, x and labels; see `gradientTangent` in passes.ts. Call it inside a
 * `tf.tidy`: it leaves tensors beside its result.
 */
export function mlpTangent(
  spec: MlpSpec,
  theta: tf.Tensor1D,
  direction: tf.Tensor1D,
  x: tf.Tensor,
  labels: tf.Tensor2D,
): Tangent {
  const [parameter, dot] = [splitParameters(spec, theta), splitParameters(spec, direction)];
  const { inputs, logits } = forward(spec, parameter, x);
  const { inputDots, logitsDot } = forwardTangent(parameter, dot, inputs);
  const loss = lossAt(spec.loss, logits, labels);
  const end = lossTangent(loss, logitsDot);
  const bars: Record<string, tf.Tensor> = {};
  let [bar, barDot] = [loss.logits, end.logits];
  for (let layer = spec.hidden.length; layer >= 0; layer--) {
    const input = inputs[layer] as tf.Tensor2D;
    bars[`dense${layer}/kernel`] = kernelBarDot(input, inputDots[layer] ?? null, bar, barDot);
    bars[`dense${layer}/bias`] = tf.sum(barDot, 0);
    const [kernel, kernelDot] = [kernelOf(parameter, layer), kernelOf(dot, layer)];
    const xBarDot: tf.Tensor2D = tf.add(
      tf.matMul(barDot, kernel, false, true),
      tf.matMul(bar, kernelDot, false, true),
    );
    barDot = layer > 0 ? masked(xBarDot, input) : xBarDot;
    if (layer > 0) bar = masked(tf.matMul(bar, kernel, false, true), input);
  }
  return {
    slope: end.slope,
    theta: joinParameters(spec, bars),
    inputs: tf.reshape(barDot, x.shape),
    labels: end.labels,
  };
}

/** The derivative of a kernel's gradient x^T bar; `inputDot` is null where it is zero. */
function kernelBarDot(
  input: tf.Tensor2D,
  inputDot: tf.Tensor2D | null,
  bar: tf.Tensor2D,
  barDot: tf.Tensor2D,
): tf.Tensor {
  const fromBar = tf.matMul(input, barDot, true, false);
  return inputDot === null ? fromBar : tf.add(fromBar, tf.matMul(inputDot, bar, true, false));
}

/** Every layer's input, and the logits. */
function forward(spec: MlpSpec, parameter: NamedTensors, examples: tf.Tensor) {
  let x: tf.Tensor2D = tf.reshape(examples, [examples.shape[0] as number, -1]); // [N, I]
  const inputs: tf.Tensor2D[] = [];
  for (let layer = 0; layer <= spec.hidden.length; layer++) {
    inputs.push(x);
    x = tf.add(tf.matMul(x, kernelOf(parameter, layer)), parameter(`dense${layer}/bias`));
    if (layer < spec.hidden.length) x = tf.relu(x);
  }
  return { inputs, logits: x };
}

/** The derivatives of the layers' inputs, null where they are zero, and of the logits. */
function forwardTangent(parameter: NamedTensors, dot: NamedTensors, inputs: readonly tf.Tensor2D[]) {
  let xDot: tf.Tensor2D | null = null;
  const inputDots: (tf.Tensor2D | null)[] = [];
  for (const [layer, input] of inputs.entries()) {
    inputDots.push(xDot);
    const fromDirection: tf.Tensor2D = tf.add(
      tf.matMul(input, kernelOf(dot, layer)),
      dot(`dense${layer}/bias`),
    );
    const aDot: tf.Tensor2D =
      xDot === null ? fromDirection : tf.add(fromDirection, tf.matMul(xDot, kernelOf(parameter, layer)));
    const next = inputs[layer + 1];
    xDot = next === undefined ? aDot : masked(aDot, next);
  }
  return { inputDots, logitsDot: xDot as tf.Tensor2D };
}

function kernelOf(parameter: NamedTensors, layer: number): tf.Tensor2D {
  return parameter<tf.Tensor2D>(`dense${layer}/kernel`);
}

/** x where `passed`, the output of the ReLU, is above 0; else 0. */
function masked(x: tf.Tensor2D, passed: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, positive(passed));
}
