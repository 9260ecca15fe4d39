import { type Static, Type } from "typebox";

/**
 * Turns pixels, bytes 0..255, into the network's input: (pixel / 255 - mean) / std, with a mean and a deviation for each
 * channel of the image.
 */
export const Preprocessing = Type.Object(
  {
    mean: Type.Array(Type.Number({ minimum: -10, maximum: 10 }), { minItems: 1, maxItems: 4 }),
    std: Type.Array(Type.Number({ exclusiveMinimum: 0, maximum: 10 }), { minItems: 1, maxItems: 4 }),
  },
  { additionalProperties: false },
);
export type Preprocessing = Static<typeof Preprocessing>;
