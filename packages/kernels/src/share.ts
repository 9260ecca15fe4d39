/**
 * One thread's part of a call. The images are split into groups whose sizes depend on nothing but the number of
 * images; each group's sums are kept apart, and are added in order at the end: the bits of a result do not depend on
 * how many threads there are or which of them took what.
 */
import type { KernelInstance } from "./instance.ts";

/** What a call computes. */
export const LOGITS = 0;
export const GRADIENT = 1;
export const TANGENT = 2;

/** The control words that threads share. The places are in bytes of the call's buffer. */
export const WORD = {
  /** Counts calls: waiting threads wake when it changes. */
  call: 0,
  /** The next group that nobody has taken. */
  next: 1,
  /** Other threads that have finished this call. */
  finished: 2,
  /** Images done, in all calls: stands still when the threads do. */
  progress: 3,
  /** 1 + the number of a thread that failed in this call; negative where it has ended. */
  failed: 4,
  kind: 5,
  images: 6,
  groupSize: 7,
  height: 8,
  width: 9,
  channels: 10,
  filters: 11,
  depth: 12,
  classes: 13,
  firstPadding: 14,
  parameters: 15,
  thetaAt: 16,
  directionAt: 17,
  imagesAt: 18,
  labelsAt: 19,
  logitsAt: 20,
  /** Float64: one sum of losses for each group. */
  lossesAt: 21,
  gradientsAt: 22,
  imageGradientsAt: 23,
  labelGradientsAt: 24,
} as const;

type Words = typeof WORD;

/** Which network an instance is laid out for. */
export type Laid = { shape: string; tangents: number };

/**
 * Takes groups until none is left. Worker threads run the text of this function, so that it needs no file of its own
 * wherever a bundler puts things: it refers to nothing outside itself.
 */
export function computeShare(
  instance: KernelInstance,
  laid: Laid,
  word: Words,
  control: Int32Array,
  buffer: ArrayBufferLike,
): void {
  const at = (index: number) => control[index] as number;
  const kind = at(word.kind);
  const count = at(word.images);
  const groupSize = at(word.groupSize);
  const classes = at(word.classes);
  const parameters = at(word.parameters);
  const pixels = at(word.height) * at(word.width) * at(word.channels);
  const tangents = kind === 2 ? 1 : 0;
  const floats = (place: number, length: number) => new Float32Array(buffer, place, length);

  const sides = [at(word.height), at(word.width), at(word.channels), at(word.filters)] as const;
  const rest = [at(word.depth), classes, at(word.firstPadding)] as const;
  const shape = [...sides, ...rest].join();
  if (laid.shape !== shape || laid.tangents < tangents) {
    laid.shape = "";
    if (instance.layOut(...sides, ...rest, tangents) === 0) {
      const names = "height, width, channels, filters, depth, classes, firstPadding";
      throw new Error(`no memory for a network of ${names} ${shape}`);
    }
    laid.shape = shape;
    laid.tangents = tangents;
  }
  const memory = new Float32Array(instance.memory.buffer);
  const read = (place: number, length: number) => memory.subarray(place >>> 2, (place >>> 2) + length);
  memory.set(floats(at(word.thetaAt), parameters), instance.thetaAt() >>> 2);
  if (kind === 2) memory.set(floats(at(word.directionAt), parameters), instance.directionAt() >>> 2);
  instance.pack(tangents);

  const groups = Math.ceil(count / groupSize);
  const losses = new Float64Array(buffer, at(word.lossesAt), groups);
  for (let group = Atomics.add(control, word.next, 1); group < groups; ) {
    instance.clearGradient();
    let loss = 0;
    for (let n = group * groupSize; n < Math.min(count, (group + 1) * groupSize); n++) {
      memory.set(floats(at(word.imagesAt) + 4 * n * pixels, pixels), instance.imageAt() >>> 2);
      memory.set(floats(at(word.labelsAt) + 4 * n * classes, classes), instance.labelsAt() >>> 2);
      if (kind === 0) instance.forward();
      else if (kind === 1) loss += instance.addGradient(1 / count);
      else loss += instance.addTangent(1 / count);
      floats(at(word.logitsAt) + 4 * n * classes, classes).set(read(instance.logitsAt(), classes));
      if (kind === 2) {
        const images = floats(at(word.imageGradientsAt) + 4 * n * pixels, pixels);
        images.set(read(instance.imageGradientAt(), pixels));
        const labels = floats(at(word.labelGradientsAt) + 4 * n * classes, classes);
        labels.set(read(instance.labelGradientAt(), classes));
      }
      Atomics.add(control, word.progress, 1);
    }
    if (kind !== 0) {
      losses[group] = loss;
      instance.unpack();
      const gradient = floats(at(word.gradientsAt) + 4 * group * parameters, parameters);
      gradient.set(read(instance.unpackedAt(), parameters));
    }
    group = Atomics.add(control, word.next, 1);
  }
}
