import { type TObject, type TProperties, Type } from "typebox";

/** An object with exactly these properties: any other is a problem. */
export function exact<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}
