/** Which part of a picture is shown, and where in the network's input it lies. */

import type { PictureRules } from "@tributary/protocol";

/** In pixels of the picture as shown, after its orientation. */
export type Placement = {
  /** The part of the picture that is used. */
  readonly part: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
  /** Where it lies in the input; around it is background. */
  readonly place: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  };
};

type Fit = PictureRules["fit"];

type Size = { readonly width: number; readonly height: number };

/** Centred; halves of a pixel are rounded down, so that an odd remainder is one larger at the right and below. */
export function placePicture(picture: Size, input: Size, fit: Fit): Placement {
  switch (fit) {
    case "crop":
      return { part: centred(largestWithin(picture, input), picture), place: { left: 0, top: 0, ...input } };
    case "contain":
      return { part: { left: 0, top: 0, ...picture }, place: centred(largestWithin(input, picture), input) };
    case "stretch":
      return { part: { left: 0, top: 0, ...picture }, place: { left: 0, top: 0, ...input } };
    default:
      return fit satisfies never;
  }
}

/** The largest size within `outer` that has the proportions of `shape`, in whole pixels, at least one. */
function largestWithin(outer: Size, shape: Size): Size {
  const isWider = outer.width * shape.height > outer.height * shape.width;
  return isWider
    ? { width: rounded((outer.height * shape.width) / shape.height), height: outer.height }
    : { width: outer.width, height: rounded((outer.width * shape.height) / shape.width) };
}

function rounded(length: number): number {
  return Math.max(1, Math.round(length));
}

function centred(inner: Size, outer: Size): Placement["part"] {
  return {
    left: Math.floor((outer.width - inner.width) / 2),
    top: Math.floor((outer.height - inner.height) / 2),
    ...inner,
  };
}
