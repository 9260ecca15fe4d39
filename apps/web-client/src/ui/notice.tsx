import type { ComponentChildren } from "preact";

export type Tone = "plain" | "warn" | "bad";

/** A message beside the thing that it is about. `bad` interrupts a screen reader, the others wait their turn. */
export function Notice({
  tone = "plain",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="notice" data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}
