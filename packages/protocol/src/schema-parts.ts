/** Pieces that several schemas share. */
import { type TObject, type TProperties, type TSchema, Type } from "typebox";

/** An object with exactly these properties: any other is a problem. */
export function exact<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

/** The schema, or null. */
export function orNull<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** A whole number from 0 on that a double holds exactly. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A point in time as text: ISO 8601 in UTC. */
export const Instant = Type.String({ description: "ISO 8601, UTC" });
