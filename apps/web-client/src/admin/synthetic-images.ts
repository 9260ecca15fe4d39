/** Unpacks a synthetic set as the server sends it. */
import type { SyntheticSetView } from "@tributary/protocol";

export type SyntheticImage = {
  readonly index: number;
  /** height * width * channels bytes */
  readonly pixels: Uint8Array;
  /** softmax(label logits): [classes] */
  readonly label: readonly number[];
};

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

export function strongestLabel(label: readonly number[]): { readonly label: number; readonly share: number } {
  const share = Math.max(...label);
  return { label: label.indexOf(share), share };
}
