import { networkInput, pictureHeader } from "@tributary/datasets";
import { openCodecs } from "@tributary/datasets/node";
import { expectedPictures, pictureBytes, unreadPictures, usualInput } from "@tributary/datasets/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  openPictureSite,
  type PictureAnswer,
  type PictureCase,
  type PictureSite,
  type Visit,
} from "../testing/picture-site.ts";
import { launchBrowser } from "./browser.ts";
import { openInFirefox } from "./firefox.ts";

const FORMATS = [null, "png", "gif", "bmp", "jpeg", "webp", "avif"] as const;

/** What is decoded without WebAssembly first: the order shows what is downloaded when. */
const cases: readonly PictureCase[] = [
  ...unreadPictures().map((file) => ({ file, input: usualInput(28, 28, 3) })),
  ...expectedPictures().map(({ file, input }) => ({ file, input })),
].sort((a, b) => FORMATS.indexOf(formatOf(a.file)) - FORMATS.indexOf(formatOf(b.file)));

/** Null where the file is left out. */
function formatOf(file: string): (typeof FORMATS)[number] {
  const header = pictureHeader(pictureBytes(file));
  return "format" in header ? header.format : null;
}

describe("the picture decoder in browsers", () => {
  let site: PictureSite;
  let inNode: readonly PictureAnswer[];

  beforeAll(async () => {
    site = await openPictureSite(cases);
    inNode = await answersInNode();
  });
  afterAll(() => site.close());

  it("[I3] Chromium gives the same bytes as Node, and the same reasons", async () => {
    const visit = await site.visit(openInChromium);
    expect(strange(visit)).toEqual([]);
    expect(visit.answers.filter((answer) => "pixels" in answer).length).toBeGreaterThan(190);
  });

  it("[I3] Firefox gives the same bytes as Node, and the same reasons", async () => {
    const visit = await site.visit(openInFirefox);
    expect(strange(visit)).toEqual([]);
    expect(visit.answers.filter((answer) => "pixels" in answer).length).toBeGreaterThan(190);
  });

  it("[I4] a decoder is downloaded with the first picture that needs it, and once", async () => {
    const { paths } = await site.visit(openInChromium);
    for (const [codec, format] of [
      ["mozjpeg", "jpeg"],
      ["webp", "webp"],
      ["avif", "avif"],
    ] as const) {
      const first = cases.find(({ file }) => formatOf(file) === format)?.file;
      const downloads = paths.filter((path) => path.includes(`${codec}_dec`));
      expect(downloads.map((path) => path.split(".").at(-1))).toEqual(["js", "wasm"]);
      expect(paths.indexOf(downloads[0] as string)).toBe(paths.indexOf(`/pictures/${first}`) + 1);
    }
  });

  function strange({ answers }: Visit): readonly unknown[] {
    const differing = answers.filter((answer, at) => JSON.stringify(answer) !== JSON.stringify(inNode[at]));
    return answers.length === inNode.length ? differing.map(({ file }) => file) : [answers.length];
  }
});

async function answersInNode(): Promise<readonly PictureAnswer[]> {
  const codecs = openCodecs();
  const answers: PictureAnswer[] = [];
  for (const { file, input } of cases) {
    const got = await networkInput(pictureBytes(file), input, codecs);
    answers.push(
      got.outcome === "picture" ? { file, pixels: [...got.pixels] } : { file, reason: got.reason },
    );
  }
  return answers;
}

async function openInChromium(url: string): Promise<() => Promise<void>> {
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(url);
  return () => browser.close();
}
