import type { SyntheticSetView } from "@tributary/protocol";
import { useMemo } from "preact/hooks";
import { formatPercent, formatReal } from "../ui/format.ts";
import { Thumbnail } from "../ui/thumbnail.tsx";
import { strongestLabel, syntheticImages } from "./synthetic-images.ts";

/** The synthetic images, each with the class that its learned label leans to. */
export function SyntheticGrid(props: {
  readonly set: SyntheticSetView;
  readonly classNames: readonly string[];
}) {
  const { set, classNames } = props;
  const images = useMemo(() => syntheticImages(set), [set]);
  return (
    <figure class="figure" data-testid="synthetic-images">
      <figcaption>
        <span class="title">{set.final ? "Synthetic images" : "Synthetic images, so far"}</span>
        <span class="small soft">inner step {formatReal(set.innerStep)}</span>
      </figcaption>
      <section
        class="synthetic"
        aria-label="Synthetic images"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        {images.map(({ index, pixels, label }) => {
          const { label: best, share } = strongestLabel(label);
          const name = classNames[best] ?? `class ${best}`;
          return (
            <div key={index} class="synthetic-image">
              <Thumbnail image={set.image} pixels={pixels} label={`${name}, ${formatPercent(share)}`} />
              <span class="small soft">
                {name} {Math.round(share * 100)}&thinsp;%
              </span>
            </div>
          );
        })}
      </section>
    </figure>
  );
}
