/** Where the images are, for a run whose arguments do not say. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { places } from "@tributary/platform";

/** Where Debian's `dataset-fashion-mnist` puts all 70,000 images. */
const debianData = "/usr/share/datasets/fashion-mnist";

/** Fashion-MNIST: all of it where a run wants that and the machine has it, else the repository's part. */
export function usualDataFolder(wantsAll: boolean): string {
  return wantsAll && existsSync(debianData) ? debianData : places.fashionMnist;
}

/** The folder of a data set that a plan names: in the repository's folder of data sets, as on a server. */
export function namedDataFolder(dataset: string): string {
  return join(places.datasets, dataset);
}

/** A name for the data in a folder, as a plan may have it. */
export function datasetName(folder: string): string {
  const slug = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);
  return slug === "" ? "data" : slug;
}
