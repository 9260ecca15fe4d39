/** What people should know about the classes of data that was read. */
import type { ImageDataset } from "@tributary/model";
import { classSizes } from "../stratified-subset.ts";

const MOST_NAMES = 10;

/** A sentence for each part in which classes have no example, with the names of the first ten of them. */
export function classNotes(data: {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  readonly classNames: readonly string[];
}): readonly string[] {
  const { train, test, classNames } = data;
  return [...missingNotes("training", train, classNames), ...missingNotes("test", test, classNames)];
}

function missingNotes(part: string, dataset: ImageDataset, classNames: readonly string[]): readonly string[] {
  const sizes = classSizes(dataset);
  const missing = classNames.filter((_, label) => sizes[label] === 0);
  if (missing.length === 0) return [];
  const shown = missing.slice(0, MOST_NAMES).map((name) => JSON.stringify(name));
  const rest = missing.length - shown.length;
  const names = `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  return [`no ${part} examples of ${names}: ${missing.length} of ${classNames.length} classes`];
}
