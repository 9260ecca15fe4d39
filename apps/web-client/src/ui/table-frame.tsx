import type { ComponentChildren } from "preact";

/** A table that scrolls inside its frame, by keyboard too. `tall`: the frame has a limited height. */
export function TableFrame(props: {
  readonly label: string;
  readonly tall?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <section
      class={props.tall === true ? "table-scroll tall" : "table-scroll"}
      aria-label={props.label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <table>{props.children}</table>
    </section>
  );
}
