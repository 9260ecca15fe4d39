import type { ComponentChildren } from "preact";

export type Tone = "plain" | "warn" | "bad";

/** A message beside its subject. A screen reader reads `bad` at once, and the other tones when it is idle. */
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
