import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A part of a page whose code is downloaded when it is first shown. `load` names the component. */
export function lazyPart<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  let loading: Promise<ComponentType<Props>> | null = null;
  return function LazyPart(props: Props): JSX.Element {
    const [part, setPart] = useState<{ readonly Part: ComponentType<Props> } | "loading" | "failed">(
      "loading",
    );
    useEffect(() => {
      loading ??= load();
      loading.then(
        (Part) => setPart({ Part }),
        () => {
          loading = null;
          setPart("failed");
        },
      );
    }, []);
    if (part === "loading") return <p class="soft">Loading…</p>;
    if (part === "failed") return <p class="error-text">This part did not load. Reload the page.</p>;
    return <part.Part {...props} />;
  };
}
