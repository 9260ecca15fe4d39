/** The same network in float64 by the plainest loops, with its gradients: what the kernels are compared with. */
import type { ConvNetShape } from "../src/shape.ts";

type Row = Float64Array;
export type ReferenceGradient = {
  readonly loss: number;
  readonly logits: Row;
  readonly theta: Row;
  readonly images: Row;
  readonly labels: Row;
};

type Block = {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly padding: number;
  readonly kernelAt: number;
  readonly scaleAt: number;
  readonly offsetAt: number;
};

/** Blocks and the place of the dense layer in theta. */
function layout(shape: ConvNetShape) {
  const blocks: Block[] = [];
  let at = 0;
  let { height, width, channels } = shape;
  for (let b = 0; b < shape.depth; b++) {
    const padding = b === 0 ? shape.firstPadding : 1;
    [height, width] = [height + 2 * padding - 2, width + 2 * padding - 2];
    const scaleAt = at + 9 * channels * shape.filters + shape.filters;
    blocks.push({
      height,
      width,
      channels,
      padding,
      kernelAt: at,
      scaleAt,
      offsetAt: scaleAt + shape.filters,
    });
    at = scaleAt + 2 * shape.filters;
    [height, width, channels] = [height >> 1, width >> 1, shape.filters];
  }
  return { blocks, denseAt: at, features: height * width * shape.filters };
}

/** Mean cross-entropy of `images` and its gradients. */
export function referenceGradient(
  shape: ConvNetShape,
  theta: Row,
  images: Row,
  labels: Row,
): ReferenceGradient {
  const pixels = shape.height * shape.width * shape.channels;
  const count = images.length / pixels;
  const result = {
    loss: 0,
    logits: new Float64Array(labels.length),
    theta: new Float64Array(theta.length),
    images: new Float64Array(images.length),
    labels: new Float64Array(labels.length),
  };
  for (let n = 0; n < count; n++) {
    const y = labels.subarray(n * shape.classes, (n + 1) * shape.classes);
    const one = oneImage(shape, theta, images.subarray(n * pixels, (n + 1) * pixels), y, result.theta, count);
    result.loss += one.loss / count;
    result.logits.set(one.logits, n * shape.classes);
    result.images.set(one.image, n * pixels);
    result.labels.set(one.labels, n * shape.classes);
  }
  return result;
}

function oneImage(shape: ConvNetShape, theta: Row, image: Row, y: Row, dTheta: Row, count: number) {
  const { blocks, denseAt, features } = layout(shape);
  const { filters, classes } = shape;
  const inputs = [image];
  const normals = blocks.map((block, b) => {
    const normal = normalized(convolved(block, inputs[b] as Row, theta, filters), filters);
    inputs.push(pooled(block, normal.h, theta, filters));
    return normal;
  });
  const f = inputs[shape.depth] as Row;
  const weight = (i: number, k: number) => denseAt + i * classes + k;
  const logits = new Float64Array(classes).map((_, k) =>
    f.reduce(
      (sum, value, i) => sum + value * at(theta, weight(i, k)),
      at(theta, denseAt + features * classes + k),
    ),
  );
  const top = Math.max(...logits);
  const logSum = top + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - top), 0));
  const mass = y.reduce((sum, value) => sum + value, 0);
  const dLogits = logits.map((z, k) => (mass * Math.exp(z - logSum) - at(y, k)) / count);
  let d = new Float64Array(features);
  for (let k = 0; k < classes; k++) {
    for (let i = 0; i < features; i++) {
      add(dTheta, weight(i, k), at(f, i) * at(dLogits, k));
      add(d, i, at(theta, weight(i, k)) * at(dLogits, k));
    }
    add(dTheta, denseAt + features * classes + k, at(dLogits, k));
  }
  for (let b = shape.depth - 1; b >= 0; b--) {
    const block = blocks[b] as Block;
    const normal = normals[b] as Normal;
    const dY = normalizedBack(block, normal, d, theta, dTheta, filters);
    d = convolvedBack(block, inputs[b] as Row, dY, theta, dTheta, filters);
  }
  return {
    loss: y.reduce((sum, value, k) => sum - value * (at(logits, k) - logSum), 0),
    logits,
    image: d,
    labels: logits.map((z) => (logSum - z) / count),
  };
}

/** Calls `visit` with the places of every product of the convolution: input, kernel, output. */
function eachProduct(block: Block, filters: number, visit: (x: number, w: number, y: number) => void): void {
  const { height, width, channels, padding, kernelAt } = block;
  const [inHeight, inWidth] = [height + 2 - 2 * padding, width + 2 - 2 * padding];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let tap = 0; tap < 9; tap++) {
        const inRow = row + Math.floor(tap / 3) - padding;
        const inColumn = column + (tap % 3) - padding;
        if (inRow < 0 || inRow >= inHeight || inColumn < 0 || inColumn >= inWidth) continue;
        for (let i = 0; i < channels; i++) {
          for (let c = 0; c < filters; c++) {
            const x = (inRow * inWidth + inColumn) * channels + i;
            visit(x, kernelAt + (tap * channels + i) * filters + c, (row * width + column) * filters + c);
          }
        }
      }
    }
  }
}

function convolved(block: Block, x: Row, theta: Row, filters: number): Row {
  const y = new Float64Array(block.height * block.width * filters);
  eachProduct(block, filters, (xAt, wAt, yAt) => add(y, yAt, at(x, xAt) * at(theta, wAt)));
  return y;
}

function convolvedBack(block: Block, x: Row, dY: Row, theta: Row, dTheta: Row, filters: number) {
  const dX = new Float64Array(x.length);
  eachProduct(block, filters, (xAt, wAt, yAt) => {
    add(dX, xAt, at(dY, yAt) * at(theta, wAt));
    add(dTheta, wAt, at(dY, yAt) * at(x, xAt));
  });
  return dX;
}

type Normal = { readonly h: Row; readonly inverse: Row };

function normalized(y: Row, filters: number): Normal {
  const area = y.length / filters;
  const inverse = new Float64Array(filters);
  const h = new Float64Array(y.length);
  for (let c = 0; c < filters; c++) {
    const values = Array.from({ length: area }, (_, p) => at(y, p * filters + c));
    const mean = values.reduce((sum, value) => sum + value, 0) / area;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area;
    inverse[c] = 1 / Math.sqrt(variance + 1e-5);
    for (let p = 0; p < area; p++) h[p * filters + c] = ((values[p] as number) - mean) * at(inverse, c);
  }
  return { h, inverse };
}

/** Calls `visit` with the places of every pixel that is pooled, and of its pooled one. */
function eachPooled(
  block: Block,
  filters: number,
  visit: (from: number, to: number, c: number) => void,
): void {
  const [height, width] = [block.height >> 1, block.width >> 1];
  for (let row = 0; row < 2 * height; row++) {
    for (let column = 0; column < 2 * width; column++) {
      for (let c = 0; c < filters; c++) {
        const to = ((row >> 1) * width + (column >> 1)) * filters + c;
        visit((row * block.width + column) * filters + c, to, c);
      }
    }
  }
}

function pooled(block: Block, h: Row, theta: Row, filters: number): Row {
  const out = new Float64Array((block.height >> 1) * (block.width >> 1) * filters);
  eachPooled(block, filters, (from, to, c) => {
    const z = at(theta, block.scaleAt + c) * at(h, from) + at(theta, block.offsetAt + c);
    add(out, to, Math.max(z, 0) / 4);
  });
  return out;
}

function normalizedBack(
  block: Block,
  { h, inverse }: Normal,
  d: Row,
  theta: Row,
  dTheta: Row,
  filters: number,
) {
  const dH = new Float64Array(h.length);
  eachPooled(block, filters, (from, to, c) => {
    const z = at(theta, block.scaleAt + c) * at(h, from) + at(theta, block.offsetAt + c);
    const dZ = z > 0 ? at(d, to) / 4 : 0;
    add(dTheta, block.scaleAt + c, dZ * at(h, from));
    add(dTheta, block.offsetAt + c, dZ);
    dH[from] = dZ * at(theta, block.scaleAt + c);
  });
  const area = h.length / filters;
  for (let c = 0; c < filters; c++) {
    let [mean, moment] = [0, 0];
    for (let p = c; p < h.length; p += filters) {
      mean += at(dH, p) / area;
      moment += (at(dH, p) * at(h, p)) / area;
    }
    for (let p = c; p < h.length; p += filters) {
      dH[p] = at(inverse, c) * (at(dH, p) - mean - at(h, p) * moment);
    }
  }
  return dH;
}

function at(values: Row, i: number): number {
  return values[i] as number;
}

function add(values: Row, i: number, value: number): void {
  values[i] = at(values, i) + value;
}
