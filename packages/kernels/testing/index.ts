export { type ReferenceGradient, referenceGradient } from "./reference.ts";
