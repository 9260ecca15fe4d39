import { describe, expect, it } from "vitest";
import { jpegSizeAt, patched, pictureBytes, pngChunk, pngOf, unreadPictures } from "../../testing/index.ts";
import { MAX_PIXELS, pictureHeader } from "./index.ts";

function reasonFor(bytes: Uint8Array): string {
  const header = pictureHeader(bytes);
  return "outcome" in header ? header.reason : header.format;
}

function text(content: string): Uint8Array {
  return Uint8Array.from(content, (letter) => letter.charCodeAt(0));
}

describe("pictureHeader", () => {
  it("[I5] a picture of too many pixels is left out by its header, with both numbers", () => {
    const jpeg = pictureBytes("made/noise-444.jpg");
    const webp = pictureBytes("made/moving-clear.webp");
    const oversized = {
      "png 60000 x 60000": pngOf(60_000, 60_000, {}),
      "png 30000 x 30000, 1 MB": pngOf(30_000, 30_000, { extra: [pngChunk("teXt", Buffer.alloc(2 ** 20))] }),
      "png one row of 200 million": pngOf(200_000_000, 1, {}),
      "jpeg 60000 x 60000": patched(jpeg, jpegSizeAt(jpeg), [0xea, 0x60, 0xea, 0x60]),
      "gif 65535 x 65535": patched(pictureBytes("made/plain.gif"), 6, [255, 255, 255, 255]),
      "webp 16777216 x 23": patched(webp, 24, [255, 255, 255]),
    };
    const got = Object.entries(oversized).map(([name, bytes]) => [name, reasonFor(bytes)]);
    expect(got).toEqual(Object.keys(oversized).map((name) => [name, "too-large"]));
    expect(pictureHeader(oversized["png 60000 x 60000"])).toMatchObject({
      message:
        "The picture has 60000 x 60000 pixels; at most 144 million are read, and 65535 a side. Make it smaller.",
    });
    expect(MAX_PIXELS).toBe(12_000 * 12_000);
    expect(reasonFor(pngOf(12_000, 12_000, {}))).toBe("png");
    expect(reasonFor(pngOf(12_000, 12_001, {}))).toBe("too-large");
  });

  it("[I5] a JPEG of many scans is left out, because each goes over every pixel", () => {
    const jpeg = pictureBytes("made/noise-444-progressive.jpg");
    const large = patched(jpeg, jpegSizeAt(jpeg), [0x2e, 0xe0, 0x2e, 0xe0]);
    expect(reasonFor(large)).toBe("jpeg");
    const scan = Buffer.from(large).lastIndexOf(Buffer.from([0xff, 0xda]));
    const repeated = Array.from({ length: 20 }, () => Buffer.from(large.subarray(scan, -2)));
    const bytes = new Uint8Array(Buffer.concat([large.subarray(0, -2), ...repeated, large.subarray(-2)]));
    expect(reasonFor(bytes)).toBe("too-large");
  });

  it("[I6] the content says what a file is, whatever its name", () => {
    const named = unreadPictures().map((file) => [file.replace(/.*\//, ""), reasonFor(pictureBytes(file))]);
    expect(Object.fromEntries(named)).toEqual({
      "a_ok.jpg": "jpeg",
      "b_trunc30.jpg": "cut",
      "b_trunc50.jpg": "cut",
      "b_trunc80.jpg": "cut",
      "b_trunc97.jpg": "cut",
      "c_zero.jpg": "empty",
      "d_html.jpg": "html",
      "e_trunc50.png": "cut",
      "e_trunc80.png": "cut",
      "f_webp_named.jpg": "webp",
      "g_png_named.jpg": "png",
      "h_jpeg.JFIF": "jpeg",
      i_jpeg_noext: "jpeg",
      "j_jpeg.jpe": "jpeg",
      "k_svg.svg": "svg",
      "l_svg_named.png": "svg",
      "m_bitrot.jpg": "jpeg",
      "a.bmp": "bmp",
      "b.gif": "gif",
      "c_anim.gif": "gif",
      "d_anim.webp": "webp",
      "e_apng.png": "png",
      "f.avif": "avif",
      "g.tiff": "tiff",
      "h.tif": "tiff",
      "i.heic": "heic",
      "j.HEIC": "heic",
      "k.ico": "ico",
      "l.jp2": "jp2",
    });
  });

  it.each([
    ["dicom", `${"\0".repeat(128)}DICM`],
    ["raw", "II*\0\x10\0\0\0CR\x02\0"],
    ["raw", "FUJIFILMCCD-RAW 0201"],
    ["raw", "\0\0\0\x18ftypcrx \0\0\0\x01crx isom"],
    ["heic", "\0\0\0\x18ftypmif1\0\0\0\0mif1heic"],
    ["jxl", "\xff\x0a\x00\x10"],
    ["psd", "8BPS\0\x01"],
    ["pdf", "%PDF-1.7"],
    ["svg", `\xef\xbb\xbf<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>`],
    ["html", "\n<!DOCTYPE html><html></html>"],
    ["unknown", "id,label\n1,cat\n"],
    ["cut", "\xff\xd8\xff"],
    ["cut", "\x89PNG\r\n\x1a\n"],
    ["cut", "GIF89a"],
    ["cut", "BM"],
    ["cut", "RIFF\x10\0\0\0WEBP"],
  ] as const)("[I6] %s is told by its first bytes, with what to do", (reason, start) => {
    const got = pictureHeader(text(start));
    expect(got).toMatchObject({ outcome: "left-out", reason });
    expect("message" in got && got.message).toMatch(/(Export|Develop|Download|Use|Copy) .*\.$/);
  });

  it("[I7] a PNG with a wrong checksum, or made for iPhone programs, is left out with the chunk", () => {
    const png = pngOf(1, 1, { data: new Uint8Array(4) });
    const at = Buffer.from(png).indexOf("IDAT") + 6;
    expect(pictureHeader(patched(png, at, [(png[at] as number) ^ 1]))).toMatchObject({
      reason: "damaged",
      message: expect.stringContaining('the checksum of its chunk "IDAT" is wrong'),
    });
    const forPhones = Buffer.concat([png.subarray(0, 8), pngChunk("CgBI", Buffer.alloc(4)), png.subarray(8)]);
    expect(reasonFor(new Uint8Array(forPhones))).toBe("variant");
  });

  it("[I7] kinds of JPEG that no browser shows are named", () => {
    const jpeg = pictureBytes("made/noise-444.jpg");
    const size = jpegSizeAt(jpeg);
    const message = (bytes: Uint8Array) => {
      const got = pictureHeader(bytes);
      return "outcome" in got && got.reason === "variant" && got.message;
    };
    expect(message(patched(jpeg, size - 4, [0xc9]))).toContain("its frame is of type 9");
    expect(message(patched(jpeg, size - 1, [12]))).toContain("12 bits a sample");
  });
});
