/** Where the images of a run are if its arguments do not say. */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { places } from "@tributary/platform";

/** Where Debian's `dataset-fashion-mnist` puts all 70,000 images. */
const debianData = "/usr/share/datasets/fashion-mnist";

/** Fashion-MNIST: all of it if the run wants all and the machine has it, else the part in the repository. */
export function usualDataFolder(wantsAll: boolean): string {
  return wantsAll && existsSync(debianData) ? debianData : places.fashionMnist;
}

/** The folder of a data set that a plan names, below `datasets/` as on a server. */
export function namedDataFolder(dataset: string): string {
  return join(places.datasets, dataset);
}

/** The folder's name in the letters that a plan allows for its data set. */
export function datasetName(folder: string): string {
  const slug = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 64);
  return slug === "" ? "data" : slug;
}
