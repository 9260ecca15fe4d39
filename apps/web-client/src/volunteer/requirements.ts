/** The features that a browser must have, and what to do when one is missing. */

export type MissingFeature = { readonly feature: string; readonly advice: string };

/** `scope` is the page's global object. */
export function missingFeatures(scope: object): readonly MissingFeature[] {
  return required
    .filter(({ name }) => Reflect.get(scope, name) === undefined)
    .map(({ feature, advice }) => ({ feature, advice }));
}

const newer = "Open this page in a current Firefox, Chrome, Edge or Safari (16.4 or newer).";
const required: readonly (MissingFeature & { readonly name: string })[] = [
  {
    name: "WebAssembly",
    feature: "WebAssembly",
    advice: `Some browsers turn it off in a lockdown or strict mode. Allow it for this site. ${newer}`,
  },
  { name: "Worker", feature: "Web workers", advice: newer },
  { name: "WebSocket", feature: "WebSocket connections", advice: newer },
  { name: "DecompressionStream", feature: "Gzip decompression", advice: newer },
  { name: "createImageBitmap", feature: "Image decoding", advice: newer },
];
