import { plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { formatPageLink } from "./page-link.ts";
import type { PageState } from "./page-state.ts";
import { Step } from "./step.tsx";

type Props = { readonly state: PageState };

export function StartStep({ state }: Props) {
  const work = state.workbench.work.value;
  return (
    <Step number={3} title="Start">
      {work.phase === "failed" && <Notice tone="bad">Training could not start: {work.reason}</Notice>}
      <p class="soft">{whatStarts(state)}</p>
      <div class="row">
        <button
          type="button"
          class="button"
          data-kind="primary"
          data-size="large"
          data-testid="start"
          disabled={state.dataset.value === null || work.phase === "preparing"}
          onClick={() => void state.start()}
        >
          Start training
        </button>
        {work.phase === "preparing" && <Preparing state={state} step={work.step} />}
      </div>
      <ChoiceLink state={state} />
    </Step>
  );
}

function whatStarts({ run, dataset }: PageState): string {
  if (run.value === null || dataset.value === null) return "Choose data first.";
  const examples = plural(dataset.value.count, dataset.value.kind === "images" ? "picture" : "row");
  return `${examples} on this device will train ${run.value.name}. You can pause or stop at any time without holding up the others.`;
}

function Preparing({ state, step }: Props & { readonly step: string }) {
  return (
    <>
      <button type="button" class="button" data-testid="stop" onClick={() => void state.stop()}>
        Stop
      </button>
      <p role="status" data-testid="status">
        {step}…
      </p>
    </>
  );
}

function ChoiceLink({ state }: Props) {
  const run = state.run.value;
  if (run === null) return null;
  const shard = state.source.value === "shard" ? state.sample.shard.value : null;
  return (
    <p class="small soft">
      <a href={formatPageLink(run.id, shard)}>Link to this choice</a>, to share or to open in another tab.
    </p>
  );
}
