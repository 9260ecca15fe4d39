/**
 * One thread's share of a call. The images are split into groups whose sizes depend on nothing but the number of
 * images. Each group's sums are kept apart and are added in order at the end, so that the bits of a result do not
 * depend on how many threads there are or on which of them took which group.
 *
 * Plain JavaScript with types in comments, because a worker thread imports it: Node runs it as it is, from the sources
 * and from the compiled package alike.
 *
 * @typedef {import("./instance.ts").KernelInstance} KernelInstance
 */

/** Computes the logits alone. */
export const LOGITS = 0;
/** Computes the loss, its gradient and the logits. */
export const GRADIENT = 1;
/** Computes the derivative of the loss and of its gradients along a direction. */
export const TANGENT = 2;

/**
 * The control words that the threads of a call share, by their place in one Int32Array. Words that end in `At` hold
 * places in the call's buffer, in bytes.
 */
export const WORD = /** @type {const} */ ({
  /** Counts calls: waiting threads wake when it changes. */
  call: 0,
  /** The next group that no thread has taken. */
  next: 1,
  /** Helper threads that have finished this call. */
  finished: 2,
  /** Images done, in all calls: it stands still when the threads do. */
  progress: 3,
  /** 1 + the number of a thread that failed in this call; negative where that thread has ended. */
  failed: 4,
  /** LOGITS, GRADIENT or TANGENT. */
  kind: 5,
  /** Images of the call, and images in one group. */
  images: 6,
  groupSize: 7,
  /** The network, as in `ConvNetShape`. */
  height: 8,
  width: 9,
  channels: 10,
  filters: 11,
  depth: 12,
  classes: 13,
  firstPadding: 14,
  /** Elements of theta. */
  parameters: 15,
  /** The arguments, float32. */
  thetaAt: 16,
  directionAt: 17,
  imagesAt: 18,
  labelsAt: 19,
  /** The results, float32 but for `lossesAt`. */
  logitsAt: 20,
  /** Float64: one sum of losses for each group. */
  lossesAt: 21,
  /** One gradient for each group. */
  gradientsAt: 22,
  imageGradientsAt: 23,
  labelGradientsAt: 24,
});

/**
 * Which network an instance is laid out for, and whether it has room for tangents (1) or not (0). A new instance is
 * laid out for none: `{ shape: "", tangents: 0 }`.
 *
 * @typedef {{ shape: string, tangents: number }} Laid
 */

/**
 * A call as one thread sees it: the control words by name, and the memory of its instance.
 *
 * @typedef {object} Share
 * @property {KernelInstance} instance
 * @property {Int32Array} control
 * @property {ArrayBufferLike} buffer
 * @property {Float32Array} memory
 */

/**
 * Takes groups of images until none is left, and writes their results into `buffer`.
 *
 * @param {KernelInstance} instance
 * @param {Laid} laid changed where the instance is laid out anew
 * @param {Int32Array} control the words of the call
 * @param {ArrayBufferLike} buffer arguments and results of the call
 * @throws {Error} when the instance's memory has no room for the network
 */
export function computeShare(instance, laid, control, buffer) {
  const kind = at(control, WORD.kind);
  layOutFor(instance, laid, control);
  const share = { instance, control, buffer, memory: new Float32Array(instance.memory.buffer) };
  const parameters = at(control, WORD.parameters);
  copyIn(share, at(control, WORD.thetaAt), parameters, instance.thetaAt());
  if (kind === TANGENT) copyIn(share, at(control, WORD.directionAt), parameters, instance.directionAt());
  instance.pack(kind === TANGENT ? 1 : 0);

  const groups = Math.ceil(at(control, WORD.images) / at(control, WORD.groupSize));
  const losses = new Float64Array(buffer, at(control, WORD.lossesAt), groups);
  for (let group = Atomics.add(control, WORD.next, 1); group < groups; ) {
    const loss = computeGroup(share, group);
    if (kind !== LOGITS) {
      losses[group] = loss;
      instance.unpack();
      copyOut(
        share,
        instance.unpackedAt(),
        at(control, WORD.gradientsAt) + 4 * group * parameters,
        parameters,
      );
    }
    group = Atomics.add(control, WORD.next, 1);
  }
}

/**
 * Lays the instance out for the call's network, unless it is already.
 *
 * @param {KernelInstance} instance
 * @param {Laid} laid
 * @param {Int32Array} control
 */
function layOutFor(instance, laid, control) {
  const tangents = at(control, WORD.kind) === TANGENT ? 1 : 0;
  const height = at(control, WORD.height);
  const width = at(control, WORD.width);
  const channels = at(control, WORD.channels);
  const filters = at(control, WORD.filters);
  const depth = at(control, WORD.depth);
  const classes = at(control, WORD.classes);
  const firstPadding = at(control, WORD.firstPadding);
  const shape = [height, width, channels, filters, depth, classes, firstPadding].join();
  if (laid.shape === shape && laid.tangents >= tangents) return;
  laid.shape = "";
  const hasRoom = instance.layOut(height, width, channels, filters, depth, classes, firstPadding, tangents);
  if (hasRoom === 0) {
    const names = "height, width, channels, filters, depth, classes, firstPadding";
    throw new Error(`no memory for a network of ${names} ${shape}`);
  }
  laid.shape = shape;
  laid.tangents = tangents;
}

/**
 * Computes one group's images. Their gradients sum up in the instance; what each image has of its own is copied out.
 *
 * @param {Share} share
 * @param {number} group
 * @returns {number} the group's sum of losses, or of slopes; 0 for logits alone
 */
function computeGroup(share, group) {
  const { instance, control } = share;
  const [count, size] = [at(control, WORD.images), at(control, WORD.groupSize)];
  let loss = 0;
  instance.clearGradient();
  for (let n = group * size; n < Math.min(count, (group + 1) * size); n++) {
    loss += computeImage(share, n, 1 / count);
    Atomics.add(control, WORD.progress, 1);
  }
  return loss;
}

/**
 * @param {Share} share
 * @param {number} n the image
 * @param {number} weight the image's weight in the call's mean
 * @returns {number} its loss, or slope; 0 for logits alone
 */
function computeImage(share, n, weight) {
  const { instance, control } = share;
  const kind = at(control, WORD.kind);
  const classes = at(control, WORD.classes);
  const pixels = at(control, WORD.height) * at(control, WORD.width) * at(control, WORD.channels);
  copyIn(share, at(control, WORD.imagesAt) + 4 * n * pixels, pixels, instance.imageAt());
  copyIn(share, at(control, WORD.labelsAt) + 4 * n * classes, classes, instance.labelsAt());
  let loss = 0;
  if (kind === LOGITS) instance.forward();
  else loss = kind === GRADIENT ? instance.addGradient(weight) : instance.addTangent(weight);
  copyOut(share, instance.logitsAt(), at(control, WORD.logitsAt) + 4 * n * classes, classes);
  if (kind === TANGENT) {
    copyOut(share, instance.imageGradientAt(), at(control, WORD.imageGradientsAt) + 4 * n * pixels, pixels);
    copyOut(share, instance.labelGradientAt(), at(control, WORD.labelGradientsAt) + 4 * n * classes, classes);
  }
  return loss;
}

/**
 * Copies float32 values from the call's buffer into the instance's memory. Places are in bytes.
 *
 * @param {Share} share
 * @param {number} from
 * @param {number} length
 * @param {number} to
 */
function copyIn({ buffer, memory }, from, length, to) {
  memory.set(new Float32Array(buffer, from, length), to >>> 2);
}

/**
 * Copies float32 values from the instance's memory into the call's buffer. Places are in bytes.
 *
 * @param {Share} share
 * @param {number} from
 * @param {number} to
 * @param {number} length
 */
function copyOut({ buffer, memory }, from, to, length) {
  const start = from >>> 2;
  new Float32Array(buffer, to, length).set(memory.subarray(start, start + length));
}

/**
 * @param {Int32Array} control
 * @param {number} word one of `WORD`
 * @returns {number} its value
 */
function at(control, word) {
  return /** @type {number} */ (control[word]);
}
