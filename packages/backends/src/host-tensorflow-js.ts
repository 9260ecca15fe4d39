/** Where the privately installed kernels find the TensorFlow.js of the process that loads them. */
export const TFJS_SYMBOL_KEY = "tributary.tensorflow-js";
