import { useEffect, useRef } from "preact/hooks";
import type { ClassPreview } from "../../data/data-messages.ts";
import type { ClassSize } from "../../data/summary.ts";
import { formatCount } from "../../ui/format.ts";

type Props = {
  readonly names: readonly string[];
  readonly sizes: readonly ClassSize[];
  readonly previews: readonly ClassPreview[];
};

/** One row for each class: its size beside the others', and some of its pictures. */
export function ClassGrid({ names, sizes, previews }: Props) {
  const most = Math.max(1, ...sizes.map(({ count }) => count));
  return (
    <section
      class="class-grid"
      aria-label="Classes"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <ul>
        {sizes.map((size, label) => (
          <li key={label} data-none={size.count === 0 ? "" : undefined}>
            <ClassHead name={names[label] ?? `class ${label}`} size={size} most={most} />
            <Pictures name={names[label] ?? ""} pictures={previews[label]?.pictures ?? []} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ClassHead({ name, size: { count, held }, most }: { name: string; size: ClassSize; most: number }) {
  return (
    <div class="stack-tight class-head">
      <span class="spread">
        <span class="choice-title">{name}</span>
        <span class="small soft" data-class={name} data-count={count}>
          {formatCount(count)}
          {held > 0 && `, ${formatCount(held)} held out`}
        </span>
      </span>
      <span class="balance" style={{ "--share": String(count / most) }} aria-hidden="true" />
    </div>
  );
}

function Pictures({ name, pictures }: { readonly name: string; readonly pictures: readonly ImageBitmap[] }) {
  if (pictures.length === 0) return null;
  return (
    <div class="class-pictures">
      {pictures.map((picture, index) => (
        <Bitmap key={index} picture={picture} label={`${name}, picture ${index + 1}`} />
      ))}
    </div>
  );
}

/** Drawn, never read back: a browser that gives noise from canvases shows it all the same. */
function Bitmap({ picture, label }: { readonly picture: ImageBitmap; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext("2d")?.drawImage(picture, 0, 0), [picture]);
  return <canvas ref={canvas} width={picture.width} height={picture.height} role="img" aria-label={label} />;
}
