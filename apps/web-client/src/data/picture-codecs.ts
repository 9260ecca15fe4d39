/** The picture decoders in the page: each is a download of its own, fetched with the first picture that needs it. */
import avif from "@jsquash/avif/codec/dec/avif_dec.wasm?url";
import jpeg from "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url";
import webp from "@jsquash/webp/codec/dec/webp_dec.wasm?url";
import { type CodecName, type Codecs, createCodecs } from "@tributary/datasets";

const ADDRESSES: Readonly<Record<CodecName, string>> = { jpeg, webp, avif };

/** For a worker: decoding blocks the thread that does it. */
export function openCodecs(): Codecs {
  return createCodecs({
    async compile(codec) {
      const response = await fetch(ADDRESSES[codec]);
      if (!response.ok) throw new Error(`${ADDRESSES[codec]} did not load: HTTP status ${response.status}`);
      return await WebAssembly.compile(await response.arrayBuffer());
    },
    instantiate: (module, imports) => WebAssembly.instantiate(module, imports),
  });
}
