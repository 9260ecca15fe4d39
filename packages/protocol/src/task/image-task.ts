/** Tasks that sort pictures into classes. Schema first, type derived. */
import { type Static, Type } from "typebox";
import { exact } from "../schema-parts.ts";
import { ImageNetwork } from "./networks.ts";
import { ClassificationHeadline, ClassName, HoldOutShare, TaskId, TaskTexts } from "./texts.ts";

const Side = Type.Integer({ minimum: 4, maximum: 224 });
const Byte = Type.Integer({ minimum: 0, maximum: 255 });
const Weight = Type.Number({ minimum: 0, maximum: 1 });

/** [height, width, channels] of the network's input: sides of 4..224 pixels, grey (1) or red, green, blue (3). */
export const TaskImage = Type.Tuple([Side, Side, Type.Union([Type.Literal(1), Type.Literal(3)])]);
export type TaskImage = Static<typeof TaskImage>;

/**
 * How a picture of any size becomes the network's input. Its orientation is applied first, its colours are brought to
 * sRGB, transparent parts lie over `background`.
 */
export const PictureRules = exact({
  /**
   * `crop`: the largest centred part of the input's aspect. `contain`: the whole picture, the rest is `background`.
   * `stretch`: the whole picture, its aspect is lost.
   */
  fit: Type.Union([Type.Literal("crop"), Type.Literal("contain"), Type.Literal("stretch")]),
  /** Smaller pictures are enlarged bilinearly; larger ones become the mean of the area that each pixel covers. */
  resize: Type.Literal("area-mean"),
  /** Red, green and blue of what lies behind the picture. */
  background: Type.Tuple([Byte, Byte, Byte]),
  /** Weights of red, green and blue in grey; they sum to 1. Rec. 601: 0.299, 0.587, 0.114. */
  grey: Type.Tuple([Weight, Weight, Weight]),
});
export type PictureRules = Static<typeof PictureRules>;

/** Turns pixels, bytes 0..255, into the network's input, channel by channel: (pixel / 255 - mean) / std. */
export const PixelScale = exact({
  mean: Type.Array(Type.Number({ minimum: -10, maximum: 10 }), { minItems: 1, maxItems: 3 }),
  std: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 10 }), { minItems: 1, maxItems: 3 }),
});

/** The fields of an image classification. */
export const imageTaskFields = {
  kind: Type.Literal("image-classification"),
  id: TaskId,
  texts: TaskTexts,
  image: TaskImage,
  picture: PictureRules,
  scale: PixelScale,
  /** The classes' names; the first is label 0. */
  classes: Type.Array(ClassName, { minItems: 2, maxItems: 256 }),
  network: ImageNetwork,
  evaluation: exact({ holdOut: HoldOutShare, headline: ClassificationHeadline }),
};

/** A task that sorts pictures into classes. */
export const ImageTaskDefinition = exact(imageTaskFields);
export type ImageTaskDefinition = Static<typeof ImageTaskDefinition>;
