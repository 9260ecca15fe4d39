/**
 * A stride-1 convolution that is closed under differentiation: each derivative, of any order, is again a convolution.
 * The gradients are registered by kernel, so that one which nobody asks for is not computed.
 * Legend: N images, H x W pixels, C channels in, D channels out; kernels [3, 3, C, D], NHWC images.
 */
import * as tf from "@tensorflow/tfjs-core";

const SIDE = 3;

/** out[n,h,w,d] = sum_{i,j,c} x[n, h+i-padding, w+j-padding, c] kernel[i,j,c,d], zeros outside. */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: number): tf.Tensor4D {
  return tf.conv2d(x, kernel, 1, padding);
}

/** Registers the gradients of the convolution and of its kernel gradient, for every backend. */
export function registerConvolutionGradients(): void {
  tf.registerGradient({
    kernelName: "Conv2D",
    inputsToSave: ["x", "filter"],
    gradFunc: (dy, saved, attributes) => {
      const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
      const padding = paddingOf(attributes, kernel.shape);
      return {
        x: () => inputGradient(dy as tf.Tensor4D, kernel, padding),
        filter: () => kernelGradient(x, dy as tf.Tensor4D, padding),
      };
    },
  });
  tf.registerGradient({
    kernelName: "Conv2DBackpropFilter",
    inputsToSave: ["x", "dy"],
    gradFunc: (cotangent, saved, attributes) => {
      const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
      const direction = cotangent as tf.Tensor4D;
      const padding = paddingOf(attributes, direction.shape);
      return {
        x: () => inputGradient(dy, direction, padding),
        dy: () => convolve(x, direction, padding),
      };
    },
  });
}

/**
 * The wasm backend lacks Conv2DBackpropFilter: the same sums are a convolution of the transposed tensors, in which
 * pixels take the place of kernel positions and images that of channels.
 */
export function registerKernelGradientKernel(backendName: string): void {
  if (tf.getKernel("Conv2D", backendName) === undefined) return;
  if (tf.getKernel("Conv2DBackpropFilter", backendName) !== undefined) return;
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const padding = paddingOf(attrs ?? {}, attrs?.filterShape as number[]);
      const result = tf.tidy(() => {
        const images = tf.transpose(x, [3, 1, 2, 0]); // [C, H, W, N]
        const kernel = tf.transpose(dy, [1, 2, 0, 3]); // [H', W', N, D]
        // Each side by itself: with one number, TensorFlow.js takes the kernel for a square.
        const around: [number, number] = [padding, padding];
        const sums = tf.conv2d(images, kernel, 1, [[0, 0], around, around, [0, 0]]); // [C, 3, 3, D]
        return tf.transpose(sums, [1, 2, 0, 3]); // [3, 3, C, D]
      });
      // The values go on to the engine's own tensor; only this handle of them ends here.
      (backend as { incRef(dataId: object): void }).incRef(result.dataId);
      result.dispose();
      return { dataId: result.dataId, shape: result.shape, dtype: result.dtype };
    },
  });
}

/** Gradient in x: a convolution with the kernel turned by half a circle and its channels swapped. */
function inputGradient(dy: tf.Tensor4D, kernel: tf.Tensor4D, padding: number): tf.Tensor4D {
  const turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]); // [3, 3, D, C]
  const back = SIDE - 1 - padding;
  if (back >= 0) return convolve(dy, turned, back);
  // Padding wider than the kernel: the outermost rows and columns are the gradient in the zeros outside.
  const whole = convolve(dy, turned, 0);
  const [count, height, width, channels] = whole.shape;
  return tf.slice(whole, [0, -back, -back, 0], [count, height + 2 * back, width + 2 * back, channels]);
}

/** Gradient in the kernel, [3, 3, C, D]. */
function kernelGradient(x: tf.Tensor4D, dy: tf.Tensor4D, padding: number): tf.Tensor4D {
  const filterShape = [SIDE, SIDE, x.shape[3], dy.shape[3]];
  const attributes = { strides: 1, pad: padding, dataFormat: "NHWC", filterShape };
  return tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, attributes) as tf.Tensor4D;
}

function paddingOf(attributes: tf.NamedAttrMap, kernelShape: readonly number[]): number {
  const { strides, pad } = attributes as { strides?: number | number[]; pad?: number | string };
  const stride = Array.isArray(strides) ? Math.max(...strides) : strides;
  if (stride !== 1 || typeof pad !== "number" || kernelShape[0] !== SIDE || kernelShape[1] !== SIDE) {
    const got = `${JSON.stringify(strides)}, ${JSON.stringify(pad)}, ${kernelShape.slice(0, 2).join(" x ")}`;
    throw new Error(
      `expected stride 1, a number as padding, and a 3 x 3 kernel to differentiate, got ${got}`,
    );
  }
  return pad;
}
