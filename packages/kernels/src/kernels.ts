/**
 * The ConvNet's logits, its gradient, and the gradient's derivative along a direction, on plain arrays.
 * Legend: N images, K classes, P parameters.
 */
import { type Call, type Computed, describeCall } from "./call.ts";
import type { Instructions, KernelInstance } from "./instance.ts";
import type { ConvNetShape } from "./shape.ts";
import { computeShare, GRADIENT, type Laid, LOGITS, TANGENT, WORD } from "./share.js";

/**
 * Open kernels. Calls are synchronous: they return when every thread has finished. Arguments are images [N, height,
 * width, channels], labels [N, K] (any weights of the classes) and theta [P] in the order that `parameterCount` gives.
 * Every call throws, quoting what is wrong, on arrays that do not fit the shape, where memory does not suffice, where a
 * thread fails, and once the kernels are closed.
 */
export type Kernels = {
  readonly instructions: Instructions;
  readonly threads: number;
  /** The logits f(x; theta), [N, K]. */
  logits(shape: ConvNetShape, theta: Float32Array, images: Float32Array): Float32Array;
  /** The loss (1/N) sum_n -sum_k y_nk log softmax(f(x_n; theta))_k, its gradient in theta, and the logits. */
  gradient(shape: ConvNetShape, theta: Float32Array, images: Float32Array, labels: Float32Array): Gradient;
  /** The slope <direction, gradient>, and its gradients in theta (a Hessian-vector product), images and labels. */
  tangent(
    shape: ConvNetShape,
    theta: Float32Array,
    direction: Float32Array,
    images: Float32Array,
    labels: Float32Array,
  ): Tangent;
  /** Ends the threads; no call may follow. */
  close(): Promise<void>;
};

/** The mean loss of a batch, its gradient in theta [P], and the logits [N, K]. */
export type Gradient = {
  readonly loss: number;
  readonly gradient: Float32Array;
  readonly logits: Float32Array;
};

/**
 * The slope of a batch's mean loss along the direction, and the slope's gradients, each in the shape of its argument.
 */
export type Tangent = {
  readonly slope: number;
  readonly theta: Float32Array;
  readonly images: Float32Array;
  readonly labels: Float32Array;
};

/** Threads that help the calling thread with a call. */
export type Helpers = {
  /** Helper threads, without the calling one. */
  readonly count: number;
  /** The words of `WORD`. */
  readonly control: Int32Array;
  /**
   * Throws where a thread has ended, or is still busy with a call that was given up. Nothing may be written to
   * `control` and the buffer then.
   */
  requireReady(): void;
  /** A new buffer that every thread sees; it replaces the one before. */
  allocate(bytes: number): ArrayBufferLike;
  /** Starts the threads on the call that `control` describes. */
  start(): void;
  /** Returns when the threads have finished the call. Throws where one has failed or hangs. */
  join(): void;
  /** Ends the threads. */
  close(): Promise<void>;
};

/** No helpers: the calling thread computes alone. */
export function noHelpers(): Helpers {
  return {
    count: 0,
    control: new Int32Array(Object.keys(WORD).length),
    requireReady: () => {},
    allocate: (bytes) => new ArrayBuffer(bytes),
    start: () => {},
    join: () => {},
    close: async () => {},
  };
}

/** What open kernels compute with. */
type Engine = {
  readonly instance: KernelInstance;
  readonly helpers: Helpers;
  readonly laid: Laid;
  /** Arguments and results of the newest call. */
  buffer: ArrayBufferLike;
  isClosed: boolean;
};

/**
 * Kernels that compute with `instance` on the calling thread, and with the helpers beside it. Closing them closes the
 * helpers.
 */
export function createKernels(
  instance: KernelInstance,
  instructions: Instructions,
  helpers: Helpers,
): Kernels {
  const laid: Laid = { shape: "", tangents: 0 };
  const engine: Engine = { instance, helpers, laid, buffer: helpers.allocate(0), isClosed: false };
  return {
    instructions,
    threads: helpers.count + 1,
    logits(shape, theta, images) {
      const call = compute(engine, { kind: LOGITS, shape, theta, images, labels: null, direction: null });
      return resultOf(engine, WORD.logitsAt, call.images * shape.classes);
    },
    gradient(shape, theta, images, labels) {
      const call = compute(engine, { kind: GRADIENT, shape, theta, images, labels, direction: null });
      return {
        loss: meanLoss(engine, call),
        gradient: summedGradient(engine, call.groups, theta.length),
        logits: resultOf(engine, WORD.logitsAt, labels.length),
      };
    },
    tangent(shape, theta, direction, images, labels) {
      const call = compute(engine, { kind: TANGENT, shape, theta, images, labels, direction });
      return {
        slope: meanLoss(engine, call),
        theta: summedGradient(engine, call.groups, theta.length),
        images: resultOf(engine, WORD.imageGradientsAt, images.length),
        labels: resultOf(engine, WORD.labelGradientsAt, labels.length),
      };
    },
    close() {
      engine.isClosed = true;
      return helpers.close();
    },
  };
}

/** Computes a call on all threads; its results then lie in the engine's buffer. */
function compute(engine: Engine, call: Call): Computed {
  const { instance, helpers, laid } = engine;
  const { control } = helpers;
  if (engine.isClosed) throw new Error("the kernels are closed");
  helpers.requireReady();
  const { images, groups, bytes } = describeCall(call, control);
  if (engine.buffer.byteLength < bytes) engine.buffer = helpers.allocate(bytes);
  const put = (word: number, values: Float32Array | null) => {
    if (values !== null) new Float32Array(engine.buffer, control[word], values.length).set(values);
  };
  put(WORD.thetaAt, call.theta);
  put(WORD.directionAt, call.direction);
  put(WORD.imagesAt, call.images);
  put(WORD.labelsAt, call.labels);
  helpers.start();
  try {
    computeShare(instance, laid, control, engine.buffer);
  } finally {
    helpers.join();
  }
  return { images, groups };
}

/** A copy of a result, which lies where `word` says. */
function resultOf({ buffer, helpers }: Engine, word: number, length: number): Float32Array {
  return new Float32Array(buffer, helpers.control[word], length).slice();
}

/** The sum of the groups' gradients, added in the order of the groups. */
function summedGradient({ instance, helpers, buffer }: Engine, groups: number, parameters: number) {
  const memory = new Float32Array(instance.memory.buffer);
  const [sum, addend] = [instance.unpackedAt() >>> 2, instance.addendAt() >>> 2];
  const parts = new Float32Array(buffer, helpers.control[WORD.gradientsAt], groups * parameters);
  memory.set(parts.subarray(0, parameters), sum);
  for (let group = 1; group < groups; group++) {
    memory.set(parts.subarray(group * parameters, (group + 1) * parameters), addend);
    instance.accumulate();
  }
  return memory.slice(sum, sum + parameters);
}

function meanLoss({ helpers, buffer }: Engine, { groups, images }: Computed): number {
  const losses = new Float64Array(buffer, helpers.control[WORD.lossesAt], groups);
  return losses.reduce((sum, loss) => sum + loss, 0) / images;
}
