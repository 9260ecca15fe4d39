/**
 * The gradients that the networks need, right at any order: each is computed from saved inputs by operations that have
 * gradients here themselves. TensorFlow.js's own are left unregistered: importing them pulls in a second copy of its
 * core under Node, and several (exp, softmax, log-softmax, sigmoid, tanh) use saved outputs, which cuts the path
 * that a second differentiation follows, without an error.
 */
import * as tf from "@tensorflow/tfjs-core";

type Gradient = (
  dy: tf.Tensor,
  inputs: tf.Tensor[],
  attributes: tf.NamedAttrMap,
) => Record<string, () => tf.Tensor>;

/** Registers the gradients, for every backend. */
export function registerGradients(): void {
  const unary = (kernelName: string, gradient: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor) => {
    register(kernelName, ["x"], (dy, [x]) => ({ x: () => gradient(dy, x as tf.Tensor) }));
  };
  unary("Identity", (dy) => dy.clone());
  unary("Neg", (dy) => tf.neg(dy));
  unary("Reshape", (dy, x) => tf.reshape(dy, x.shape));
  unary("Exp", (dy, x) => tf.mul(dy, tf.exp(x)));
  unary("Log", (dy, x) => tf.div(dy, x));
  unary("Square", (dy, x) => tf.mul(dy, tf.mul(x, 2)));
  unary("Rsqrt", (dy, x) => tf.mul(dy, tf.mul(tf.div(tf.rsqrt(x), x), -0.5)));
  unary("Relu", (dy, x) => gated(dy, x));
  registerArithmetic();
  registerReductions();
  registerRearrangements();
}

/** dy where x > 0, else 0. Linear in dy and flat in x almost everywhere, so that only dy has a gradient. */
function gated(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((dy) => ({
    value: tf.mul(dy as tf.Tensor, tf.step(x)),
    gradFunc: (cotangent: tf.Tensor) => gated(cotangent, x),
  }));
  return withGradient(dy);
}

function registerArithmetic(): void {
  const binary = (
    kernelName: string,
    gradient: (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => { a: () => tf.Tensor; b: () => tf.Tensor },
  ) => {
    register(kernelName, ["a", "b"], (dy, inputs) => {
      const [a, b] = inputs as [tf.Tensor, tf.Tensor];
      const parts = gradient(dy, a, b);
      return { a: () => summedTo(parts.a(), a.shape), b: () => summedTo(parts.b(), b.shape) };
    });
  };
  binary("Add", (dy) => ({ a: () => dy, b: () => dy }));
  binary("Sub", (dy) => ({ a: () => dy, b: () => tf.neg(dy) }));
  binary("Multiply", (dy, a, b) => ({ a: () => tf.mul(dy, b), b: () => tf.mul(dy, a) }));
  binary("RealDiv", (dy, a, b) => ({
    a: () => tf.div(dy, b),
    b: () => tf.neg(tf.div(tf.mul(dy, a), tf.square(b))),
  }));
  register("BatchMatMul", ["a", "b"], (dy, inputs, { transposeA, transposeB }) => {
    const [a, b] = inputs as [tf.Tensor, tf.Tensor];
    const [ta, tb] = [transposeA === true, transposeB === true];
    return {
      a: () => (ta ? tf.matMul(b, dy, tb, true) : tf.matMul(dy, b, false, !tb)),
      b: () => (tb ? tf.matMul(dy, a, true, ta) : tf.matMul(a, dy, !ta, false)),
    };
  });
}

function registerReductions(): void {
  const spread = (dy: tf.Tensor, x: tf.Tensor, axis: unknown) => {
    const axes = tf.util.parseAxisParam(axis as number[], x.shape);
    const kept = x.shape.map((side, dimension) => (axes.includes(dimension) ? 1 : side));
    return {
      kept: tf.reshape(dy, kept),
      reduced: axes.reduce((count, d) => count * (x.shape[d] as number), 1),
    };
  };
  register("Sum", ["x"], (dy, [x], { axis }) => ({
    x: () => tf.mul(spread(dy, x as tf.Tensor, axis).kept, tf.ones((x as tf.Tensor).shape)),
  }));
  register("Mean", ["x"], (dy, [x], { axis }) => ({
    x: () => {
      const { kept, reduced } = spread(dy, x as tf.Tensor, axis);
      return tf.mul(tf.mul(kept, 1 / reduced), tf.ones((x as tf.Tensor).shape));
    },
  }));
}

function registerRearrangements(): void {
  register("Transpose", ["x"], (dy, _, { perm }) => {
    const order = perm as number[];
    return {
      x: () =>
        tf.transpose(
          dy,
          order.map((__, axis) => order.indexOf(axis)),
        ),
    };
  });
  register("Reverse", ["x"], (dy, _, { dims }) => ({ x: () => tf.reverse(dy, dims as number[]) }));
  register("PadV2", ["x"], (dy, [x], { paddings }) => ({
    x: () =>
      tf.slice(
        dy,
        (paddings as [number, number][]).map(([before]) => before),
        (x as tf.Tensor).shape,
      ),
  }));
  register("Slice", ["x"], (dy, [x], { begin, size }) => ({
    x: () => {
      const shape = (x as tf.Tensor).shape;
      const [starts, lengths] = tf.slice_util.parseSliceParams(
        x as tf.Tensor,
        begin as number[],
        size as number[],
      );
      const after = (d: number) => (shape[d] as number) - (starts?.[d] as number) - (lengths?.[d] as number);
      return tf.pad(
        dy,
        shape.map((_, d): [number, number] => [starts?.[d] as number, after(d)]),
      );
    },
  }));
  tf.registerGradient({
    kernelName: "Concat",
    saveAllInputs: true,
    gradFunc: (dy, inputs, attributes) => {
      const axis = tf.util.parseAxisParam(
        attributes.axis as number,
        (inputs[0] as tf.Tensor).shape,
      )[0] as number;
      const pieces = tf.split(
        dy as tf.Tensor,
        inputs.map((input) => input.shape[axis] as number),
        axis,
      );
      return Object.fromEntries(pieces.map((piece, i) => [i, () => piece]));
    },
  });
  tf.registerGradient({
    kernelName: "SplitV",
    gradFunc: (dy, _, { axis }) => ({ x: () => tf.concat(dy as tf.Tensor[], axis as number) }),
  });
}

function register(kernelName: string, inputsToSave: string[], gradient: Gradient): void {
  tf.registerGradient({
    kernelName,
    inputsToSave,
    gradFunc: (dy, saved, attributes) => gradient(dy as tf.Tensor, saved, attributes),
  });
}

/** The adjoint of broadcasting from `shape`: sums over what was repeated. */
function summedTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  const summed = axes.length === 0 ? gradient : tf.sum(gradient, axes);
  return tf.util.arraysEqual(summed.shape, shape) ? summed : tf.reshape(summed, shape);
}
