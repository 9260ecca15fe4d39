import type { ImageDataset } from "@tributary/model";
import { countPerClass } from "../data/preview.ts";
import { PreviewImages } from "../data/preview-images.tsx";
import { formatCount } from "../ui/format.ts";

type Props = { readonly dataset: ImageDataset; readonly classNames: readonly string[] };

/** A few of the pictures, and how many there are of each class. */
export function PicturePreview({ dataset, classNames }: Props) {
  return (
    <div class="stack" data-testid="preview">
      <PreviewImages dataset={dataset} classNames={classNames} />
      <ul class="class-counts small">
        {countPerClass(dataset).map((count, label) => (
          <li key={label} data-none={count === 0 ? "" : undefined}>
            {classNames[label]} <strong>{formatCount(count)}</strong>
          </li>
        ))}
      </ul>
    </div>
  );
}
