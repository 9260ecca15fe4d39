import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { bmpOf, patched, pictureBytes, pngChunk, pngOf, usualInput } from "../../testing/index.ts";
import { openCodecs } from "../node/index.ts";
import { networkInput, type PictureInput } from "./index.ts";

const codecs = openCodecs();

async function decoded(bytes: Uint8Array, input: PictureInput) {
  const got = await networkInput(bytes, input, codecs);
  if (got.outcome !== "picture") throw new Error(got.message);
  return got;
}

async function pixels(bytes: Uint8Array, height: number, width: number): Promise<readonly number[]> {
  const input = usualInput(height, width, 3);
  return [...(await decoded(bytes, { ...input, picture: { ...input.picture, fit: "stretch" } })).pixels];
}

async function reasonFor(bytes: Uint8Array): Promise<unknown> {
  const got = await networkInput(bytes, usualInput(8, 8, 3), codecs);
  return got.outcome === "left-out" ? [got.reason, got.message] : got.outcome;
}

describe("networkInput", () => {
  it("[I9] BMP: rows from below and from above, palettes of 1 and 4 bits, masks of 16 and 32 bits with alpha", async () => {
    const rows = [0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0];
    const [red, green, blue, white] = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 255, 255],
    ] as const;
    expect(await pixels(bmpOf(2, 2, { bits: 24, rows }), 2, 2)).toEqual([blue, white, red, green].flat());
    expect(await pixels(bmpOf(2, -2, { bits: 24, rows }), 2, 2)).toEqual([red, green, blue, white].flat());
    const palette = [0, 0, 255, 0, 255, 0, 0, 0];
    expect(await pixels(bmpOf(4, 1, { bits: 1, rows: [0x50, 0, 0, 0], palette }), 1, 4)).toEqual(
      [red, blue, red, blue].flat(),
    );
    expect(await pixels(bmpOf(3, 1, { bits: 4, rows: [0x10, 0x10, 0, 0], palette }), 1, 3)).toEqual(
      [blue, red, blue].flat(),
    );
    const fiveBits = [0x00, 0x7c, 0xe0, 0x03];
    expect(await pixels(bmpOf(2, 1, { bits: 16, rows: fiveBits }), 1, 2)).toEqual([red, green].flat());
    const masks = [0xff, 0xff00, 0xff0000, 0xff000000];
    const halfClear = [255, 0, 0, 255, 0, 255, 0, 0];
    expect(await pixels(bmpOf(2, 1, { bits: 32, rows: halfClear, masks }), 1, 2)).toEqual(
      [red, white].flat(),
    );
  });

  it("[I9] a GIF's picture lies at its place on the canvas, and over the background where it is transparent", async () => {
    const gif = pictureBytes("made/plain.gif");
    const larger = patched(gif, 6, [35, 0, 23]);
    const plain = await pixels(gif, 23, 31);
    const onCanvas = await pixels(larger, 23, 35);
    for (let row = 0; row < 23; row++) {
      expect(onCanvas.slice(105 * row, 105 * row + 93)).toEqual(plain.slice(93 * row, 93 * (row + 1)));
      expect(onCanvas.slice(105 * row + 93, 105 * (row + 1))).toEqual(Array(12).fill(255));
    }
  });

  it("[I9] a palette may be shorter than its pixels say; what is missing is black and opaque", async () => {
    const palette = pngChunk("PLTE", Buffer.from([10, 20, 30]));
    const png = pngOf(2, 1, { colour: 3, data: Uint8Array.from([0, 0, 5]), extra: [palette] });
    expect(await pixels(png, 1, 2)).toEqual([10, 20, 30, 0, 0, 0]);
  });

  it("[I10] what is transparent shows the task's background, and a contained picture lies in its middle", async () => {
    const background: [number, number, number] = [10, 20, 30];
    const data = Uint8Array.from([0, 200, 100, 50, 255, 0, 0, 0, 0]);
    const png = pngOf(2, 1, { colour: 6, data });
    const picture = { ...usualInput(4, 4, 3).picture, fit: "contain", background } as const;
    const got = (await decoded(png, { image: [4, 4, 3], picture })).pixels;
    const column = (at: number) =>
      [0, 1, 2, 3].map((row) => [...got.subarray(12 * row + 3 * at, 12 * row + 3 * at + 3)]);
    expect(column(0)).toEqual([background, [200, 100, 50], [200, 100, 50], background]);
    expect(column(3)).toEqual([background, background, background, background]);
    const grey = (await decoded(png, { image: [4, 4, 1], picture: { ...picture, grey: [0, 1, 0] } })).pixels;
    expect([grey[0], grey[4]]).toEqual([20, 100]);
  });

  it("[I11] colours of a profile that is a table stand as they are, with a note; a matrix's are turned to sRGB", async () => {
    const data = Uint8Array.from([0, 10, 200, 90]);
    const profile = Buffer.alloc(128 + 4 + 12);
    profile.write("RGB Lab ", 16, "latin1");
    const withTable = pngChunk("iCCP", Buffer.concat([Buffer.from("x\0\0"), deflateSync(profile)]));
    const picture = await decoded(pngOf(1, 1, { data, extra: [withTable] }), usualInput(4, 4, 3));
    expect([...picture.pixels.subarray(0, 3)]).toEqual([10, 200, 90]);
    expect(picture.source.notes).toEqual([
      "Its colour profile is not a matrix with curves: its colours are taken as they stand.",
    ]);
    const turned = await decoded(pictureBytes("made/icc-p3.png"), usualInput(23, 31, 3));
    expect(turned.source).toEqual({ format: "png", width: 31, height: 23, orientation: 1, notes: [] });
  });

  it("[I7] damaged pixels are left out, with what is wrong", async () => {
    const jpeg = pictureBytes("made/restart-420.jpg");
    const restart = Buffer.from(jpeg).indexOf(Buffer.from([0xff, 0xd2]));
    const without = (from: number, to: number) =>
      new Uint8Array(Buffer.concat([jpeg.subarray(0, from), jpeg.subarray(to)]));
    expect(await reasonFor(without(restart - 12, restart))).toEqual([
      "damaged",
      expect.stringContaining("Corrupt JPEG data"),
    ]);
    const surplus = await decoded(without(restart - 12, restart + 30), usualInput(8, 8, 3));
    expect(surplus.source.notes).toEqual([expect.stringContaining("57 extraneous bytes")]);
    const short = pngOf(4, 4, { data: new Uint8Array(20) });
    expect(await reasonFor(short)).toEqual(["damaged", expect.stringContaining("ends too early")]);
    const filter = pngOf(1, 1, { data: Uint8Array.from([9, 0, 0, 0]) });
    expect(await reasonFor(filter)).toEqual(["damaged", expect.stringContaining("a row has the filter 9")]);
    const gif = pictureBytes("made/plain.gif");
    const codesAt = gif.length - 200;
    const wrong = patched(gif, codesAt, Array(100).fill(0xff));
    expect(await reasonFor(wrong)).toEqual(["damaged", expect.stringMatching(/code|pixels|block/)]);
  });

  it("[I7] a CMYK picture whose inks have fewer samples is read with a note", async () => {
    const jpeg = pictureBytes("made/cmyk.jpg");
    expect((await decoded(jpeg, usualInput(8, 8, 3))).source.notes).toEqual([]);
    const halved = await decoded(pictureBytes("made/cmyk-420.jpg"), usualInput(8, 8, 3));
    expect(halved.source.notes).toEqual([expect.stringContaining("CMYK picture of halved colours")]);
  });

  it("[I12] a PNG of 12,000 x 6,000 pixels is read without lying in memory", async () => {
    const rows = new Uint8Array(6_000 * (1 + 12_000 / 8)).fill(0x55);
    for (let row = 0; row < 6_000; row++) rows[row * 1501] = 0;
    const png = pngOf(12_000, 6_000, { depth: 1, colour: 0, data: rows });
    const beforeKb = process.resourceUsage().maxRSS;
    const got = await decoded(png, usualInput(12, 12, 1));
    expect([...new Set(got.pixels)]).toEqual([127]);
    const wholeKb = (12_000 * 6_000 * 4) / 1024;
    expect(process.resourceUsage().maxRSS - beforeKb).toBeLessThan(wholeKb / 3);
  });
});
