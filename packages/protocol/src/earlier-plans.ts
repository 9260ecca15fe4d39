/** Reads plans that an earlier version wrote into manifests. Stored runs are changed by migrations. */
import { fashionMnistTask } from "./fashion-mnist-task.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A plan as this version writes it: network, class names and preprocessing become an image task, with one mean and
 * deviation for each channel, and DynaFed's `augment` true or false becomes "siamese" or "none". Everything else stays
 * as it is and is not checked. Pure.
 */
export function modernPlan(plan: Fields): Fields {
  const { network, classNames, preprocessing, dynafed, ...rest } = plan;
  return {
    ...rest,
    ...(plan.task === undefined && isFields(network)
      ? { task: taskOf(network, classNames, preprocessing) }
      : {}),
    ...(isFields(dynafed) ? { dynafed: modernDynafed(dynafed) } : { dynafed }),
  };
}

/** The task that an earlier plan spoke of; its texts say only where it comes from. */
function taskOf(network: Fields, classNames: unknown, preprocessing: unknown): Fields {
  const { image: earlierImage, classes: _, input, outputs: __, loss: ___, ...layers } = network;
  const image = earlierImage ?? input;
  const { texts, picture } = fashionMnistTask;
  return {
    kind: "image-classification",
    id: "earlier-plan",
    version: 1,
    texts: { ...texts, title: "An earlier plan", purpose: "A run from before tasks had texts." },
    ...{ image, picture, classes: classNames, network: layers },
    scale: isFields(preprocessing) ? modernScale(preprocessing, channelsOf(image)) : preprocessing,
    evaluation: { holdOut: 0, headline: "accuracy" },
  };
}

/** The channels of an image; 1 where it says none. */
function channelsOf(image: unknown): number {
  const channels: unknown = Array.isArray(image) ? image[2] : undefined;
  return typeof channels === "number" && channels >= 1 && channels <= 4 ? channels : 1;
}

function modernScale(preprocessing: Fields, channels: number): Fields {
  const entries = Object.entries(preprocessing).map(([name, value]) => [
    name,
    typeof value === "number" ? Array.from({ length: channels }, () => value) : value,
  ]);
  return Object.fromEntries(entries);
}

function modernDynafed(dynafed: Fields): Fields {
  if (typeof dynafed.augment !== "boolean") return dynafed;
  return { ...dynafed, augment: dynafed.augment ? "siamese" : "none", noiseStd: 0 };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
