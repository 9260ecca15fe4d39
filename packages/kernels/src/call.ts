/** A call of the kernels in the control words that its threads share. */
import { type ConvNetShape, parameterCount } from "./shape.ts";
import { LOGITS, TANGENT, WORD } from "./share.js";

/** What a call computes, and from which arrays. */
export type Call = {
  /** LOGITS, GRADIENT or TANGENT. */
  readonly kind: number;
  readonly shape: ConvNetShape;
  readonly theta: Float32Array;
  readonly images: Float32Array;
  /** Null for the logits alone. */
  readonly labels: Float32Array | null;
  /** Null but for a tangent. */
  readonly direction: Float32Array | null;
};

/** How many images a call has, and into how many groups they are split. */
export type Computed = { readonly images: number; readonly groups: number };

/**
 * Checks a call, and writes into `control` what it computes and where its arrays lie in a buffer of `bytes`. Throws,
 * quoting what is wrong, on arrays that do not fit the shape, and on more than a buffer of 2 GiB can hold.
 */
export function describeCall(call: Call, control: Int32Array): Computed & { readonly bytes: number } {
  const count = requireArrays(call);
  const size = groupSize(count);
  const groups = Math.ceil(count / size);
  const bytes = placeArrays(call, count, groups, control);
  control[WORD.kind] = call.kind;
  control[WORD.images] = count;
  control[WORD.groupSize] = size;
  control[WORD.parameters] = call.theta.length;
  for (const [name, value] of Object.entries(call.shape)) {
    if (name in WORD) control[WORD[name as keyof ConvNetShape]] = value;
  }
  Atomics.store(control, WORD.next, 0);
  return { images: count, groups, bytes };
}

/** Groups of at least 2 images, and at most 32 groups: enough for 8 threads, and a bounded number of sums. */
function groupSize(images: number): number {
  return Math.max(2, Math.ceil(images / 32));
}

/** The number of images. Throws, quoting what is wrong, on arrays that do not fit the shape. */
function requireArrays({ shape, theta, direction, images, labels }: Call): number {
  const parameters = parameterCount(shape);
  const pixels = shape.height * shape.width * shape.channels;
  const count = images.length / pixels;
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`expected images of ${pixels} values each, got ${images.length} values`);
  }
  requireLength("theta", theta, parameters);
  if (direction !== null) requireLength("direction", direction, parameters);
  if (labels !== null) requireLength("labels", labels, count * shape.classes);
  return count;
}

/** Gives every array of a call its place, at a multiple of 64 bytes. Returns the bytes of all of them. */
function placeArrays(call: Call, count: number, groups: number, control: Int32Array): number {
  const { kind, shape, theta, images } = call;
  const parameters = theta.length;
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
  return bytes;
}

function requireLength(name: string, values: Float32Array, expected: number): void {
  if (values.length !== expected) {
    throw new Error(`expected ${expected} values in ${name}, got ${values.length}`);
  }
}
