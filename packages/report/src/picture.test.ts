import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { pictureGrid, pngAddress } from "./picture.ts";

test("[Q13] [E4] pictures come out of their PNG as they went in, grey or in colours, in rows with gaps between", () => {
  const grey = { values: [10, 20, 30, 40, 50, 60], height: 2, width: 3, channels: 1 };
  const inverted = { ...grey, values: grey.values.map((value) => 255 - value) };
  const grid = pictureGrid([grey, inverted, grey], 2, 1);
  expect([grid.width, grid.height]).toEqual([7, 5]);
  const read = PNG.sync.read(Buffer.from(grid.png));
  const at = (x: number, y: number) => [
    ...read.data.subarray(4 * (y * read.width + x), 4 * (y * read.width + x) + 4),
  ];
  expect(at(0, 0)).toEqual([10, 10, 10, 255]);
  expect(at(2, 1)).toEqual([60, 60, 60, 255]);
  expect(at(3, 0)).toEqual([0, 0, 0, 0]);
  expect(at(4, 1)).toEqual([215, 215, 215, 255]);
  expect(at(1, 3)).toEqual([20, 20, 20, 255]);
  expect(at(4, 3)).toEqual([0, 0, 0, 0]);

  const colour = pictureGrid([{ values: [1, 2, 3, 4], height: 1, width: 1, channels: 4 }], 1, 0);
  expect([...PNG.sync.read(Buffer.from(colour.png)).data]).toEqual([1, 2, 3, 255]);
  expect(pngAddress(colour.png)).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
  expect(() => pictureGrid([{ ...grey, values: [1] }], 1, 0)).toThrow("expected 2 x 3 x 1 values, got 1");
});
