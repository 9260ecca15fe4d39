/** Reads plans that an earlier version wrote into manifests and configurations. Stored runs are changed by migrations. */

type Fields = Readonly<Record<string, unknown>>;

/**
 * A plan, or a part of one, as this version writes it: an MLP with `image` and `classes` gets `input`, `outputs` and its
 * loss, one mean and deviation become lists of one for each channel, and `augment` true or false becomes "siamese" or
 * "none". Everything else stays as it is and is not checked. Pure.
 */
export function modernPlan(plan: Fields): Fields {
  const { network, preprocessing, dynafed } = plan;
  return {
    ...plan,
    ...(isFields(network) ? { network: modernNetwork(network) } : {}),
    ...(isFields(preprocessing)
      ? { preprocessing: modernPreprocessing(preprocessing, channelsOf(network)) }
      : {}),
    ...(isFields(dynafed) ? { dynafed: modernDynafed(dynafed) } : {}),
  };
}

function modernNetwork(network: Fields): Fields {
  const { image, classes, ...rest } = network;
  const isEarlier = network.kind === "mlp" && image !== undefined && classes !== undefined;
  return isEarlier ? { ...rest, input: image, outputs: classes, loss: "cross-entropy" } : network;
}

/** The channels of a network's image, as far as the part says them; else 1. */
function channelsOf(network: unknown): number {
  if (!isFields(network)) return 1;
  const shape = network.image ?? network.input;
  const channels: unknown = Array.isArray(shape) ? shape[2] : undefined;
  return typeof channels === "number" && channels >= 1 && channels <= 4 ? channels : 1;
}

function modernPreprocessing(preprocessing: Fields, channels: number): Fields {
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
