import type { ComponentChildren } from "preact";

/** One of the numbered steps before a start. */
export function Step({
  number,
  title,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  const heading = `step-${number}`;
  return (
    <li class="step">
      <span class="step-number" aria-hidden="true">
        {number}
      </span>
      <section class="stack" aria-labelledby={heading}>
        <h2 id={heading}>{title}</h2>
        {children}
      </section>
    </li>
  );
}
