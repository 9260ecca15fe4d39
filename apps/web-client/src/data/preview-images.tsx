import type { ImageDataset } from "@tributary/model";
import { useMemo } from "preact/hooks";
import { Thumbnail } from "../ui/thumbnail.tsx";
import { examplePixels, spreadIndices } from "./preview.ts";

/** A strip of images from a data set, each with the name of its class. */
export function PreviewImages({
  dataset,
  classNames,
  count = 16,
}: {
  readonly dataset: ImageDataset;
  readonly classNames: readonly string[];
  readonly count?: number;
}) {
  const shown = useMemo(
    () =>
      spreadIndices(dataset.count, count).map((index) => ({
        index,
        pixels: examplePixels(dataset, index),
        label: classNames[dataset.labels[index] ?? 0] ?? "unknown",
      })),
    [dataset, classNames, count],
  );
  return (
    <div class="thumbs">
      {shown.map(({ index, pixels, label }) => (
        <Thumbnail key={index} image={dataset.image} pixels={pixels} label={label} />
      ))}
    </div>
  );
}
