/** Tasks for pictures that come without one: what the data and a network say, and nothing more. Pure. */
import type { DataSource } from "@tributary/datasets/node";
import { fashionMnistTask, type ImageNetwork, type ImageTask } from "@tributary/protocol";

/** What pictures say of themselves. */
type Pictures = Pick<DataSource, "classNames" | "preprocessing"> & {
  readonly train: Pick<DataSource["train"], "image">;
};

/** The task of sorting the data's pictures into its classes with this network. Throws for other than 1 or 3 channels. */
export function imageTask({ train, classNames, preprocessing }: Pictures, network: ImageNetwork): ImageTask {
  const [height, width, channels] = train.image;
  if (channels !== 1 && channels !== 3) throw new Error(`expected 1 or 3 channels, got ${channels}`);
  return {
    ...fashionMnistTask,
    image: [height, width, channels],
    classes: [...classNames],
    scale: preprocessing,
    network,
  };
}

/** A task on square grey pictures of noise, to time a network of this size with. */
export function noiseTask(size: {
  /** Side of the pictures in pixels. */
  readonly side: number;
  /** Channels of the ConvNet's three blocks. */
  readonly width: number;
  readonly classes: number;
}): ImageTask {
  return {
    ...fashionMnistTask,
    image: [size.side, size.side, 1],
    classes: Array.from({ length: size.classes }, (_, label) => `class ${label}`),
    network: { kind: "convnet", width: size.width, depth: 3 },
  };
}
