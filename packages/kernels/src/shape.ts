/** A ConvNet: blocks of 3 x 3 convolution, instance norm, ReLU and 2 x 2 average pool, then one dense layer. */
export type ConvNetShape = {
  /** Sides, in pixels, and channels of an image. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Output channels of every convolution. */
  readonly filters: number;
  /** Number of blocks, 1 to 16. */
  readonly depth: number;
  readonly classes: number;
  /** Width of the border of zeros in the first block; it is 1 in the later ones. */
  readonly firstPadding: 1 | 3;
};

/** Blocks that the layout in linear memory has room for. */
const MAX_DEPTH = 16;

/**
 * Elements of the flat parameter vector: for each block kernel [3, 3, in, filters], bias, norm scale, norm offset;
 * then dense kernel [in, classes] over the NHWC flatten and dense bias.
 * Throws, quoting the value, on a shape that no network has.
 */
export function parameterCount(shape: ConvNetShape): number {
  requireShape(shape);
  const { channels, filters, depth, classes, firstPadding } = shape;
  const [height, width] = [shape.height, shape.width].map((side) =>
    Math.floor((side + 2 * firstPadding - 2) / 2 ** depth),
  ) as [number, number];
  if (height === 0 || width === 0) {
    throw new Error(`${depth} blocks halve an image of ${shape.height} x ${shape.width} to nothing`);
  }
  const convolutions = 9 * filters * (channels + (depth - 1) * filters) + 3 * depth * filters;
  return convolutions + height * width * filters * classes + classes;
}

function requireShape(shape: ConvNetShape): void {
  const { height, width, channels, filters, depth, classes } = shape;
  for (const [name, value] of Object.entries({ height, width, channels, filters, depth, classes })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new Error(`expected a whole number of at least 1 as ${name}, got ${value}`);
    }
  }
  if (depth > MAX_DEPTH) throw new Error(`expected at most ${MAX_DEPTH} blocks, got ${depth}`);
  if (shape.firstPadding !== 1 && shape.firstPadding !== 3) {
    throw new Error(`expected 1 or 3 as firstPadding, got ${String(shape.firstPadding)}`);
  }
}
