/** Unpacks the synthetic set that the server sends. */
import type { SyntheticSetView } from "@tributary/protocol";

export type SyntheticImage = {
  readonly index: number;
  /** height * width * channels bytes */
  readonly pixels: Uint8Array;
  /** softmax(label logits): [classes] */
  readonly label: readonly number[];
};

/** One image for each label. Throws when the bytes do not fit the labels. */
export function syntheticImages(set: SyntheticSetView): readonly SyntheticImage[] {
  const all = Uint8Array.from(atob(set.pixels), (character) => character.charCodeAt(0));
  const size = set.image[0] * set.image[1] * set.image[2];
  if (all.length !== set.labels.length * size) {
    throw new Error(`expected ${set.labels.length} images of ${size} bytes, got ${all.length} bytes`);
  }
  return set.labels.map((label, index) => ({
    index,
    label,
    pixels: all.subarray(index * size, (index + 1) * size),
  }));
}

/** The most likely class of a soft label, and its probability. */
export function strongestLabel(label: readonly number[]): { readonly label: number; readonly share: number } {
  const share = Math.max(...label);
  return { label: label.indexOf(share), share };
}
