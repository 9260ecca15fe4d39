/** Settings that several strategies have, as schemas. */
import { Type } from "typebox";

/** How far the server steps along the combined update, as a factor above 0. */
export const ServerRate = (byDefault: number) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 100, default: byDefault, title: "Server rate" });

/** The share of its old value that a running mean keeps, in [0, 1). */
export const Decay = (byDefault: number, title: string) =>
  Type.Number({ minimum: 0, exclusiveMaximum: 1, default: byDefault, title });
