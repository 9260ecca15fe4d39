import { useState } from "preact/hooks";
import { ConfirmButton } from "../ui/confirm-button.tsx";
import { Notice } from "../ui/notice.tsx";
import type { PageState } from "./page-state.ts";

type Forgetting = { readonly phase: "idle" } | { readonly phase: "done"; readonly left: readonly string[] };

/** What this browser remembers, and the one button that removes all of it. */
export function ForgetSection({ state }: { readonly state: PageState }) {
  const [forgetting, setForgetting] = useState<Forgetting>({ phase: "idle" });
  const forget = async () => {
    const { forgetEverything } = await import("./forget-everything.ts");
    const left = await forgetEverything();
    state.forgotten();
    setForgetting({ phase: "done", left });
  };
  return (
    <section class="stack forget" aria-labelledby="forget">
      <h2 id="forget">What this browser remembers</h2>
      <p class="soft measure">
        The volunteer's name that the server knows this browser by, the unfinished work of each run, your last
        choice, and data that you asked to keep.
      </p>
      <div class="row">
        <ConfirmButton
          label="Forget everything"
          question="Forget everything in this browser?"
          consequence="Data that you kept, this browser's identity and its memory of every run are removed. Updates that were sent stay part of their models. This cannot be undone."
          kind="danger"
          testId="forget"
          onConfirm={() => void forget()}
        />
      </div>
      {forgetting.phase === "done" && <Outcome left={forgetting.left} />}
    </section>
  );
}

function Outcome({ left }: { readonly left: readonly string[] }) {
  if (left.length === 0) return <Notice>Everything is forgotten.</Notice>;
  return <Notice tone="bad">Not everything could be removed: {left.join("; ")}.</Notice>;
}
