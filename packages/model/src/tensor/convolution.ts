/**
 * A stride-1 convolution that is closed under differentiation: every derivative of any order is again a
 * convolution, so that nothing depends on gradients that TensorFlow.js lacks (Conv2DBackpropFilter) or runs slowly.
 * Legend: N images, H x W pixels, C channels in, D channels out; kernels [3, 3, C, D], NHWC images.
 */
import * as tf from "@tensorflow/tfjs-core";

/** out[n,h,w,d] = sum_{i,j,c} x[n, h+i-1, w+j-1, c] kernel[i,j,c,d], zeros outside; 3 x 3 kernels only. */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, kernel, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, kernel]);
    return {
      value: tf.conv2d(x, kernel, 1, "same"),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
        const cotangent = dy as tf.Tensor4D;
        return [convolve(cotangent, transposed(kernel)), correlate(x, cotangent)];
      },
    };
  });
  return withGradient(x, kernel) as tf.Tensor4D;
}

/** The kernel of the adjoint convolution: turned by half a circle, channels swapped. [3, 3, C, D] -> [3, 3, D, C] */
function transposed(kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
}

/** Gradient of <convolve(x, kernel), dy> in the kernel, [3, 3, C, D]; bilinear in x and dy. */
function correlate(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, dy, save] = inputs as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    save([x, dy]);
    return {
      value: kernelGradient(x, dy),
      gradFunc: (ddKernel: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, dy] = saved as [tf.Tensor4D, tf.Tensor4D];
        const direction = ddKernel as tf.Tensor4D;
        return [convolve(dy, transposed(direction)), convolve(x, direction)];
      },
    };
  });
  return withGradient(x, dy) as tf.Tensor4D;
}

function kernelGradient(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  if (tf.getKernel("Conv2DBackpropFilter", tf.getBackend()) !== undefined) {
    const filterShape = [3, 3, x.shape[3], dy.shape[3]];
    const attributes = { strides: 1, pad: "same", dataFormat: "NHWC", filterShape };
    return tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, attributes) as tf.Tensor4D;
  }
  // The wasm backend has no such kernel: a convolution of the transposed tensors gives the same sums.
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]); // [N, H+2, W+2, C]
  const images = tf.transpose(padded, [3, 1, 2, 0]); // [C, H+2, W+2, N]
  const kernel = tf.transpose(dy, [1, 2, 0, 3]); // [H, W, N, D]
  return tf.transpose(tf.conv2d(images, kernel, 1, "valid"), [1, 2, 0, 3]); // [C, 3, 3, D] -> [3, 3, C, D]
}
