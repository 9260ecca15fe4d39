import type { SyntheticSetView } from "@tributary/protocol";
import { useMemo } from "preact/hooks";
import { formatPercent, formatReal } from "../ui/format.ts";
import { Thumbnail } from "../ui/thumbnail.tsx";
import { type SyntheticImage, strongestLabel, syntheticImages } from "./synthetic-images.ts";

type Props = { readonly set: SyntheticSetView; readonly classNames: readonly string[] };

/** The synthetic images, each with the strongest class of its soft label. */
export function SyntheticGrid({ set, classNames }: Props) {
  const images = useMemo(() => syntheticImages(set), [set]);
  return (
    <figure class="figure" data-testid="synthetic-images">
      <figcaption>
        <span class="title">{set.final ? "Synthetic images" : "Synthetic images so far"}</span>
        <span class="small soft">inner step size {formatReal(set.innerStep)}</span>
      </figcaption>
      <section
        class="synthetic"
        aria-label="Synthetic images"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {images.map((image) => (
          <LabelledImage key={image.index} image={image} shape={set.image} classNames={classNames} />
        ))}
      </section>
    </figure>
  );
}

function LabelledImage(props: {
  readonly image: SyntheticImage;
  readonly shape: SyntheticSetView["image"];
  readonly classNames: readonly string[];
}) {
  const { image, shape, classNames } = props;
  const { label, share } = strongestLabel(image.label);
  const name = classNames[label] ?? `class ${label}`;
  return (
    <div class="synthetic-image">
      <Thumbnail image={shape} pixels={image.pixels} label={`${name}, ${formatPercent(share)}`} />
      <span class="small soft">
        {name} {Math.round(share * 100)}&thinsp;%
      </span>
    </div>
  );
}
