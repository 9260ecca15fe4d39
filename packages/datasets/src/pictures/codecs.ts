/**
 * The decoders that are compiled to WebAssembly: mozjpeg, libwebp and libavif, as @jsquash packs them. Each comes with
 * the first picture that needs it. How a module's bytes are found is not known here: page and Node bring it.
 */

/** A codec, by the format that it decodes. */
export type CodecName = "jpeg" | "webp" | "avif";

/** Functions by module and name. */
export type CodecImports = Record<string, Record<string, () => void>>;

/** What page and Node bring: a codec's compiled WebAssembly module, and instances of it. */
export type CodecModules = {
  /** Finds and compiles a module. Called once, or again where it rejected. */
  compile(codec: CodecName): Promise<object>;
  instantiate(module: object, imports: CodecImports): Promise<{ readonly exports: object }>;
};

/** `rgba` is [height, width, 4]. */
export type DecodedPixels = {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
  /** What the codec said while it decoded, most often nothing. */
  readonly said: readonly string[];
};

/** The codecs, loaded or not yet. */
export type Codecs = {
  /** Decodes a file. Rejects with an error that quotes what the codec said where it cannot. */
  decode(codec: CodecName, bytes: Uint8Array): Promise<DecodedPixels>;
};

/** What the glue around a module gives. `HEAPU8` is its whole memory. */
type CodecModule = {
  readonly HEAPU8: Uint8Array;
  decode(
    bytes: Uint8Array,
    option?: boolean | number,
  ): { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null;
};
type CodecFactory = (options: object) => Promise<CodecModule>;
type Instantiate = (codec: CodecName, imports: CodecImports) => Promise<object>;
type Open = { readonly module: CodecModule; said: string[] };

/** An instance that has grown beyond this is dropped: WebAssembly memory never shrinks. */
const KEPT_BYTES = 64 * 2 ** 20;

/** The second argument of each codec's `decode`: JPEG as it is stored, WebP has none, AVIF in 8 bits. */
const OPTIONS: Readonly<Record<CodecName, boolean | number | undefined>> = {
  jpeg: false,
  webp: undefined,
  avif: 8,
};

/**
 * Codecs that are loaded when they are first used, and kept. One that fails is dropped: after a trap its memory is in
 * no known state.
 */
export function createCodecs(modules: CodecModules): Codecs {
  const opened = new Map<CodecName, Promise<Open>>();
  const compiled = new Map<CodecName, object>();

  async function instantiate(codec: CodecName, imports: CodecImports): Promise<object> {
    const module = compiled.get(codec) ?? (await modules.compile(codec));
    compiled.set(codec, module);
    return await modules.instantiate(module, imports);
  }

  return {
    async decode(codec, bytes) {
      const opening = opened.get(codec) ?? openCodec(codec, instantiate);
      opened.set(codec, opening);
      try {
        const open = await opening;
        const pixels = decodeWith(open, codec, bytes);
        if (open.module.HEAPU8.length > KEPT_BYTES) opened.delete(codec);
        return pixels;
      } catch (cause) {
        opened.delete(codec);
        throw cause;
      }
    },
  };
}

function decodeWith(open: Open, codec: CodecName, bytes: Uint8Array): DecodedPixels {
  open.said = [];
  const option = OPTIONS[codec];
  try {
    const picture = option === undefined ? open.module.decode(bytes) : open.module.decode(bytes, option);
    if (picture === null) throw new Error(`the ${codec} decoder gives no picture`);
    return { width: picture.width, height: picture.height, rgba: picture.data, said: open.said };
  } catch (cause) {
    throw new Error(open.said.at(-1) ?? `the ${codec} decoder stopped`, { cause });
  }
}

/** Rejects with CodecMissing where the module cannot be loaded. */
async function openCodec(codec: CodecName, instantiate: Instantiate): Promise<Open> {
  try {
    const factory = await loadFactory(codec);
    const open: { said: string[] } = { said: [] };
    const module = await new Promise<CodecModule>((resolve, reject) => {
      const say = (line: string) => open.said.push(line);
      const instantiateWasm = (imports: CodecImports, receive: (instance: object) => void) => {
        instantiate(codec, imports).then(receive, reject);
        return {};
      };
      factory({ noInitialRun: true, print: say, printErr: say, instantiateWasm }).then(resolve, reject);
    });
    return Object.assign(open, { module });
  } catch (cause) {
    throw new CodecMissing(codec, cause);
  }
}

/** A codec could not be loaded: the file is not to blame. */
export class CodecMissing extends Error {
  constructor(codec: CodecName, cause: unknown) {
    super(`The decoder for ${codec.toUpperCase()} could not be loaded`, { cause });
  }
}

async function loadFactory(codec: CodecName): Promise<CodecFactory> {
  switch (codec) {
    case "jpeg":
      return (await import("@jsquash/jpeg/codec/dec/mozjpeg_dec.js")).default;
    case "webp":
      return (await import("@jsquash/webp/codec/dec/webp_dec.js")).default;
    case "avif":
      return (await import("@jsquash/avif/codec/dec/avif_dec.js")).default;
    default:
      return codec satisfies never;
  }
}
