/** What a browser must have, each with what to do where it is missing. */

export type MissingFeature = { readonly feature: string; readonly advice: string };

/** `scope` is the page's global object. */
export function missingFeatures(scope: Readonly<Record<string, unknown>>): readonly MissingFeature[] {
  return required
    .filter(({ name }) => scope[name] === undefined)
    .map(({ feature, advice }) => ({ feature, advice }));
}

const newer = "Open this page in a current Firefox, Chrome, Edge or Safari (16.4 or newer).";
const required: readonly (MissingFeature & { readonly name: string })[] = [
  {
    name: "WebAssembly",
    feature: "WebAssembly",
    advice: `Some browsers turn it off in a lockdown or strict mode: allow it for this site. ${newer}`,
  },
  { name: "Worker", feature: "web workers", advice: newer },
  { name: "WebSocket", feature: "WebSocket connections", advice: newer },
  { name: "DecompressionStream", feature: "gzip decompression", advice: newer },
  { name: "createImageBitmap", feature: "image decoding", advice: newer },
];
