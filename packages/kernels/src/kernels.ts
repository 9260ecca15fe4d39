/** The ConvNet's gradient, and its derivative along a direction, on plain arrays. Calls are synchronous. */
import type { Instructions, KernelInstance } from "./instance.ts";
import { type ConvNetShape, parameterCount } from "./shape.ts";
import { computeShare, GRADIENT, type Laid, LOGITS, TANGENT, WORD } from "./share.js";

/**
 * N images [N, height, width, channels], labels [N, K], theta [P] as `parameterCount` describes it. Labels are any
 * weights of the classes. Every method throws, quoting what is wrong, on arrays that do not fit the shape.
 */
export type Kernels = {
  readonly instructions: Instructions;
  readonly threads: number;
  /** [N, K] */
  logits(shape: ConvNetShape, theta: Float32Array, images: Float32Array): Float32Array;
  /** loss = (1/N) sum_n -sum_k y_nk log softmax(f(x_n; theta))_k, its gradient in theta, and the logits [N, K]. */
  gradient(shape: ConvNetShape, theta: Float32Array, images: Float32Array, labels: Float32Array): Gradient;
  /** slope = <direction, gradient>, and its gradients in theta (a Hessian-vector product), images and labels. */
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

export type Gradient = {
  readonly loss: number;
  readonly gradient: Float32Array;
  readonly logits: Float32Array;
};
export type Tangent = {
  readonly slope: number;
  readonly theta: Float32Array;
  readonly images: Float32Array;
  readonly labels: Float32Array;
};

/** Threads that help with a call. */
export type Helpers = {
  readonly count: number;
  readonly control: Int32Array;
  /** Throws where one of them has ended, or is still busy with a call that was given up: nothing may be written then. */
  requireReady(): void;
  /** A buffer that every thread sees. */
  allocate(bytes: number): ArrayBufferLike;
  /** Starts them on the call that `control` describes. */
  start(): void;
  /** Returns when they have finished it; throws when one has failed. */
  join(): void;
  close(): Promise<void>;
};

/** The calling thread alone. */
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

type Call = {
  readonly kind: number;
  readonly shape: ConvNetShape;
  readonly theta: Float32Array;
  readonly images: Float32Array;
  readonly labels: Float32Array | null;
  readonly direction: Float32Array | null;
};

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

type Computed = { readonly images: number; readonly groups: number };

/** Computes a call on all threads; its results then lie in the engine's buffer. */
function compute(engine: Engine, call: Call): Computed {
  const { instance, helpers, laid } = engine;
  const { control } = helpers;
  if (engine.isClosed) throw new Error("the kernels are closed");
  helpers.requireReady();
  const { images, groups, bytes } = describe(call, control);
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

/** Groups of at least 2 images, and at most 32 groups: enough for 8 threads, and a bounded number of sums. */
function groupSize(images: number): number {
  return Math.max(2, Math.ceil(images / 32));
}

/** Checks the call, writes it into `control`, and lays out the buffer. */
function describe({ kind, shape, theta, direction, images, labels }: Call, control: Int32Array) {
  const parameters = parameterCount(shape);
  const pixels = shape.height * shape.width * shape.channels;
  const count = images.length / pixels;
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`expected images of ${pixels} values each, got ${images.length} values`);
  }
  requireLength("theta", theta, parameters);
  if (direction !== null) requireLength("direction", direction, parameters);
  if (labels !== null) requireLength("labels", labels, count * shape.classes);

  const size = groupSize(count);
  const groups = Math.ceil(count / size);
  let bytes = 0;
  const place = (at: number, length: number) => {
    control[at] = bytes;
    bytes += Math.ceil((length * 4) / 64) * 64;
  };
  place(WORD.thetaAt, parameters);
  place(WORD.directionAt, kind === TANGENT ? parameters : 0);
  place(WORD.imagesAt, images.length);
  place(WORD.labelsAt, count * shape.classes);
  place(WORD.logitsAt, count * shape.classes);
  place(WORD.lossesAt, 2 * groups);
  place(WORD.gradientsAt, kind === LOGITS ? 0 : groups * parameters);
  place(WORD.imageGradientsAt, kind === TANGENT ? images.length : 0);
  place(WORD.labelGradientsAt, kind === TANGENT ? count * shape.classes : 0);
  if (bytes > 2 ** 31 - 1)
    throw new Error(`${count} images are too many for one call: they need ${bytes} bytes`);

  control[WORD.kind] = kind;
  control[WORD.images] = count;
  control[WORD.groupSize] = size;
  control[WORD.parameters] = parameters;
  for (const [name, value] of Object.entries(shape)) {
    if (name in WORD) control[WORD[name as keyof ConvNetShape]] = value;
  }
  Atomics.store(control, WORD.next, 0);
  return { images: count, groups, bytes };
}

function requireLength(name: string, values: Float32Array, expected: number): void {
  if (values.length !== expected) {
    throw new Error(`expected ${expected} values in ${name}, got ${values.length}`);
  }
}
