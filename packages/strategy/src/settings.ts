/** Ranges that several strategies share. */
import { Type } from "typebox";

/** How far the server steps. */
export const ServerRate = (byDefault: number) =>
  Type.Number({ exclusiveMinimum: 0, maximum: 100, default: byDefault, title: "Server rate" });

/** A share of the old in a running mean. */
export const Decay = (byDefault: number, title: string) =>
  Type.Number({ minimum: 0, exclusiveMaximum: 1, default: byDefault, title });
