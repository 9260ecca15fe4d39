/**
 * The convolution of the networks, 3 x 3, stride 1, padding 1, and its gradient in the kernel. Its gradient in the
 * input is again a convolution, with the turned kernel.
 * Legend: N images, H x W pixels, C channels in, D channels out; kernels [3, 3, C, D], NHWC images.
 */
import * as tf from "@tensorflow/tfjs-core";

const SIDE = 3;

/** out[n,h,w,d] = sum_{i,j,c} x[n, h+i-1, w+j-1, c] kernel[i,j,c,d] with zeros outside the image, [N, H, W, D]. */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.conv2d(x, kernel, 1, "same");
}

/** The kernel of the gradient in x: turned by half a circle, with its channels swapped, [3, 3, D, C]. */
export function turned(kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
}

/** The gradient of <dy, convolve(x, kernel)> in the kernel, [3, 3, C, D]. */
export function kernelGradient(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  const filterShape = [SIDE, SIDE, x.shape[3], dy.shape[3]];
  const attributes = { strides: 1, pad: "same", dataFormat: "NHWC", filterShape };
  return tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, attributes) as tf.Tensor4D;
}
