import type { NetworkSpec } from "@tributary/protocol";
import { createRng } from "../rng.ts";
import { layoutOf, parameterCount } from "./layout.ts";

/**
 * The parameters that a run begins with, in the order of `layoutOf`. Kaiming-uniform with a = sqrt 5, PyTorch's default
 * (He et al., ICCV 2015): kernels and biases are uniform in +-1/sqrt(fan in), norm scales 1, norm offsets 0.
 * Pure: the same spec and seed give the same bytes. Throws where `seed` is not a uint32.
 */
export function initialParameters(spec: NetworkSpec, seed: number): Float32Array {
  const rng = createRng(seed);
  const parameters = new Float32Array(parameterCount(spec));
  let bound = 0;
  for (const { name, shape, offset, size } of layoutOf(spec)) {
    const values = parameters.subarray(offset, offset + size);
    if (name.endsWith("/scale")) values.fill(1);
    if (name.endsWith("/kernel")) bound = 1 / Math.sqrt(fanIn(shape));
    // A bias shares the bound of the kernel before it.
    if (name.endsWith("/kernel") || name.endsWith("/bias")) {
      for (let i = 0; i < size; i++) values[i] = (2 * rng.uniform() - 1) * bound;
    }
  }
  return parameters;
}

function fanIn(kernelShape: readonly number[]): number {
  return kernelShape.slice(0, -1).reduce((product, side) => product * side, 1);
}
