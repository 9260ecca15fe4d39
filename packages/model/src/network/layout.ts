import { type ConvNetSpec, inputSizeOf, type MlpSpec, type NetworkSpec } from "@tributary/protocol";

/** Where one named tensor lies in the flat parameter vector. */
export type LayoutEntry = {
  /** Such as "conv0/kernel"; see `layoutOf`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** First element, and number of elements. */
  readonly offset: number;
  readonly size: number;
};

/**
 * Names, shapes and places of a network's parameters, in the order of the flat vector. A ConvNet has, for each block,
 * convN/kernel [3, 3, in, width], convN/bias, normN/scale, normN/offset, then dense/kernel [in, classes] over the
 * NHWC flatten and dense/bias; an MLP has denseN/kernel, denseN/bias for each layer.
 * Throws where the blocks would halve the image to nothing.
 */
export function layoutOf(spec: NetworkSpec): readonly LayoutEntry[] {
  const shapes = spec.kind === "convnet" ? convNetShapes(spec) : mlpShapes(spec);
  let offset = 0;
  return shapes.map(([name, shape]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    const entry = { name, shape, offset, size };
    offset += size;
    return entry;
  });
}

/** Elements of the flat parameter vector, P. */
export function parameterCount(spec: NetworkSpec): number {
  return layoutOf(spec).reduce((sum, entry) => sum + entry.size, 0);
}

/**
 * Zero padding of the first convolution, in pixels a side: 3 for images of one channel whatever their size (so that
 * 28 x 28 becomes 32 x 32), else 1, as in the reference implementation of DynaFed.
 */
export function firstPadding(spec: ConvNetSpec): 1 | 3 {
  return spec.image[2] === 1 ? 3 : 1;
}

type NamedShape = readonly [name: string, shape: readonly number[]];

function convNetShapes(spec: ConvNetSpec): readonly NamedShape[] {
  const { width, depth, classes } = spec;
  const grown = 2 * (firstPadding(spec) - 1);
  let [height, breadth, channels] = [spec.image[0] + grown, spec.image[1] + grown, spec.image[2]];
  const shapes: NamedShape[] = [];
  for (let block = 0; block < depth; block++) {
    shapes.push([`conv${block}/kernel`, [3, 3, channels, width]], [`conv${block}/bias`, [width]]);
    shapes.push([`norm${block}/scale`, [width]], [`norm${block}/offset`, [width]]);
    channels = width;
    height = Math.floor(height / 2);
    breadth = Math.floor(breadth / 2);
  }
  if (height === 0 || breadth === 0) {
    throw new Error(`${depth} blocks halve an image of ${spec.image.join(" x ")} to nothing`);
  }
  shapes.push(["dense/kernel", [height * breadth * width, classes]], ["dense/bias", [classes]]);
  return shapes;
}

function mlpShapes(spec: MlpSpec): readonly NamedShape[] {
  let inputs = inputSizeOf(spec);
  return [...spec.hidden, spec.outputs].flatMap((outputs, layer): NamedShape[] => {
    const kernel: NamedShape = [`dense${layer}/kernel`, [inputs, outputs]];
    inputs = outputs;
    return [kernel, [`dense${layer}/bias`, [outputs]]];
  });
}
