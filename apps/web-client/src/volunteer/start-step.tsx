import { plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { formatPageLink } from "./page-link.ts";
import type { PageState } from "./page-state.ts";
import { Step } from "./step.tsx";

export function StartStep({ state }: { readonly state: PageState }) {
  const work = state.workbench.work.value;
  const run = state.run.value;
  const dataset = state.dataset.value;
  const preparing = work.is === "preparing";
  return (
    <Step number={3} title="Start">
      {work.is === "failed" && <Notice tone="bad">Training could not start: {work.reason}</Notice>}
      <p class="soft">
        {run === null || dataset === null
          ? "Choose pictures first."
          : `${plural(dataset.count, "image")} on this device, for ${run.name}. You can pause or stop at any time; nothing is lost to the others.`}
      </p>
      <div class="row">
        <button
          type="button"
          class="button"
          data-kind="primary"
          data-size="large"
          data-testid="start"
          disabled={run === null || dataset === null || preparing}
          onClick={() => void state.start()}
        >
          Start training
        </button>
        {preparing && (
          <>
            <button type="button" class="button" data-testid="stop" onClick={() => void state.stop()}>
              Stop
            </button>
            <p role="status" data-testid="status">
              {work.step}…
            </p>
          </>
        )}
      </div>
      {run !== null && (
        <p class="small soft">
          <a href={formatPageLink(run.id, state.source.value === "shard" ? state.shard.value : null)}>
            Link to this choice
          </a>
          , to share or to open in another tab.
        </p>
      )}
    </Step>
  );
}
