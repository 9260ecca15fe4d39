import { describe, expect, it } from "vitest";
import { differences, expectedPictures, pictureBytes, usualInput } from "../../testing/index.ts";
import { openCodecs } from "../node/index.ts";
import { networkInput } from "./index.ts";

const codecs = openCodecs();

/** Levels of 255 by which a byte may differ from Pillow's, and their mean. The first pattern that fits counts. */
const LIMITS: readonly { readonly of: RegExp; readonly max: number; readonly mean: number }[] = [
  // Pillow drops the low byte of 16-bit colours and of alpha before it mixes; a value over 257 is rounded here.
  { of: /alpha16|rgba16/, max: 2, mean: 0.3 },
  { of: /resize|wide|tiny|tall/, max: 2, mean: 0.5 },
  // Inks of halved resolution are not interpolated; SPEC.md says so under Gaps.
  { of: /cmyk-420/, max: 128, mean: 10 },
  { of: /420.*jpg|c_jpg_420|progressive/, max: 3, mean: 0.5 },
  { of: /\.jpe?g$/, max: 3, mean: 0.5 },
  // libavif turns halved chroma into colours by rules of its own, which differ with its version.
  { of: /420\.avif/, max: 12, mean: 1.5 },
  { of: /avif$/, max: 3, mean: 0.5 },
  { of: /./, max: 1, mean: 0.2 },
];

describe("networkInput", () => {
  it("[I1] a picture of any kind gives the values that Pillow gives, within a few levels", async () => {
    const expected = expectedPictures();
    const strange: unknown[] = [];
    for (const { file, input, values } of expected) {
      const got = await networkInput(pictureBytes(file), input, codecs);
      if (got.outcome !== "picture" || got.pixels.length !== values.length) strange.push([file, got]);
      else {
        const { max, mean } = differences(got.pixels, values);
        const limit = LIMITS.find(({ of }) => of.test(file));
        if (limit === undefined || max > limit.max || mean > limit.mean)
          strange.push([file, input, max, mean]);
      }
    }
    expect(strange).toEqual([]);
    expect(expected.length).toBe(191);
  });

  it("[I2] a cut file is left out, wherever it is cut", async () => {
    for (const file of [
      "made/noise-420.jpg",
      "made/rgba16.png",
      "made/noise.gif",
      "made/24-bit.bmp",
      "made/lossy.webp",
      "made/420.avif",
    ]) {
      const whole = pictureBytes(file);
      for (const share of [0.3, 0.5, 0.8, 0.97, 0.999]) {
        const got = await networkInput(
          whole.subarray(0, Math.floor(share * whole.length)),
          usualInput(28, 28, 3),
          codecs,
        );
        expect([file, share, got.outcome === "left-out" && got.reason]).toEqual([file, share, "cut"]);
      }
    }
  });
});
