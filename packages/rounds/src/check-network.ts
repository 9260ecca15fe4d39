/** What a schema cannot say of a plan's network and of what comes before and after it. */
import { parameterCount } from "@tributary/model";
import {
  type ConvNetSpec,
  classNameProblems,
  inputShapeOf,
  inputSizeOf,
  type MlpSpec,
  outputsOf,
  type Plan,
  type Preprocessing,
  type Problem,
  problemsBelow,
} from "@tributary/protocol";
import { type Check, failed } from "./failed-checks.ts";

/** Parameters of the largest network: 100 MB a snapshot, which a browser can download in a round and a row can hold. */
const mostParameters = 25_000_000;
const mostInputs = 1_000_000;

/** Every problem of a plan's network, class names and preprocessing, with paths from the plan's root. */
export function networkProblems({ network, classNames, preprocessing }: Plan): readonly Problem[] {
  const names = classNames.length;
  return [
    ...failed([
      [
        names === outputsOf(network),
        "/classNames",
        `must name each of the network's ${outputsOf(network)} classes, got ${names} names`,
      ],
    ]),
    ...problemsBelow("/classNames", classNameProblems(classNames)),
    ...(network.kind === "convnet" ? depthProblems(network) : perceptronProblems(network)),
    ...sizeProblems(network),
    ...preprocessingProblems(preprocessing, inputShapeOf(network)),
  ];
}

/** What the schema cannot say of an MLP: its input is rows or images, and its loss has the outputs that it needs. */
function perceptronProblems(network: MlpSpec): readonly Problem[] {
  const { input, outputs, loss } = network;
  return failed([
    [
      input.length !== 2,
      "/network/input",
      `must be [features] or [height, width, channels], got [${input.join(", ")}]`,
    ],
    [
      inputSizeOf(network) <= mostInputs,
      "/network/input",
      `must have at most ${mostInputs} values, got ${inputSizeOf(network)}`,
    ],
    [
      loss === "cross-entropy" || outputs === 1,
      "/network/outputs",
      `must be 1 for a squared error, got ${outputs}`,
    ],
    [
      loss === "squared-error" || outputs >= 2,
      "/network/outputs",
      `must be at least 2 for a cross-entropy, got ${outputs}`,
    ],
  ]);
}

/** Images have a mean and a deviation for each channel. */
function preprocessingProblems({ mean, std }: Preprocessing, input: readonly number[]): readonly Problem[] {
  const channels = input.length === 3 ? (input[2] as number) : null;
  const check = (name: string, values: readonly number[]): Check => [
    channels === null || values.length === channels,
    `/preprocessing/${name}`,
    `must have a value for each of ${channels} channels, got ${values.length}`,
  ];
  return failed([check("mean", mean), check("std", std)]);
}

/** Each block halves the side; the first block of a one-channel image pads 3, which adds 4 to it. */
function depthProblems({ image: [height, width, channels], depth }: ConvNetSpec): readonly Problem[] {
  const side = Math.min(height, width) + (channels === 1 ? 4 : 0);
  const most = Math.floor(Math.log2(side));
  return failed([
    [depth <= most, "/network/depth", `must be at most ${most} for a ${height}x${width} image, got ${depth}`],
  ]);
}

function sizeProblems(network: Plan["network"]): readonly Problem[] {
  try {
    const parameters = parameterCount(network);
    const message = `must have at most ${mostParameters} parameters, got ${parameters}`;
    return failed([[parameters <= mostParameters, "/network", message]]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path: "/network", message: `cannot be built: ${reason}` }];
  }
}
