import { describe, expect, it } from "vitest";
import { jpegSizeAt, patched, pictureBytes, usualInput } from "../../testing/index.ts";
import { codecModules } from "../node/codecs.ts";
import { type Codecs, createCodecs, networkInput } from "./index.ts";

const jpeg = pictureBytes("made/scene-444.jpg");
const input = usualInput(23, 31, 3);

/** Node's codecs, whose instances are counted, and whose first compilations fail. */
function countedCodecs(failures = 0): {
  readonly codecs: Codecs;
  readonly counts: { compiled: number; made: number };
} {
  const counts = { compiled: 0, made: 0 };
  const modules = codecModules();
  const codecs = createCodecs({
    async compile(codec) {
      counts.compiled++;
      if (counts.compiled <= failures) throw new Error("HTTP status 503");
      return await modules.compile(codec);
    },
    async instantiate(module, imports) {
      counts.made++;
      return await modules.instantiate(module, imports);
    },
  });
  return { codecs, counts };
}

describe("createCodecs", () => {
  it("[I8] a decoder is loaded once for many pictures", async () => {
    const { codecs, counts } = countedCodecs();
    for (let time = 0; time < 3; time++) await codecs.decode("jpeg", jpeg);
    expect(counts).toEqual({ compiled: 1, made: 1 });
  });

  it("[I8] a decoder that stopped is made anew, and one that has grown is dropped", async () => {
    const { codecs, counts } = countedCodecs();
    await expect(codecs.decode("jpeg", pictureBytes("made/cmyk.jpg"))).rejects.toThrow("color conversion");
    const before = await codecs.decode("jpeg", jpeg);
    expect(counts).toEqual({ compiled: 1, made: 2 });
    await codecs.decode("jpeg", patched(jpeg, jpegSizeAt(jpeg), [0x0f, 0xa0, 0x13, 0x88])); // 4000 x 5000
    expect(await codecs.decode("jpeg", jpeg)).toEqual(before);
    expect(counts).toEqual({ compiled: 1, made: 3 });
  });

  it("[I8] a decoder that does not load is the reason, and is tried again for the next picture", async () => {
    const { codecs } = countedCodecs(1);
    expect(await networkInput(jpeg, input, codecs)).toEqual({
      outcome: "left-out",
      reason: "decoder",
      message: "The decoder for JPEG could not be loaded. Check the connection, and try again.",
    });
    expect(await networkInput(jpeg, input, codecs)).toMatchObject({ outcome: "picture" });
  });
});
