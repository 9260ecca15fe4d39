/** The page from Start on: what happens now, what this device has contributed, and how to stop. */
import { formatBytes, formatCount } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Stats } from "../ui/stats.tsx";
import type { PageState } from "./page-state.ts";
import { ProgressCharts } from "./progress-charts.tsx";
import { refusalWords } from "./refusal-words.ts";
import { StatusPanel } from "./status-panel.tsx";
import { TakenBackendLine } from "./taken-backend-line.tsx";
import type { Work } from "./workbench.ts";

type ActiveWork = Extract<Work, { phase: "active" }>;
type Props = { readonly state: PageState; readonly work: ActiveWork };

export function WorkingView({ state, work }: Props) {
  const { view } = work;
  return (
    <div class="stack-l">
      <StatusPanel state={state} work={work} />
      {view.lastRefusal !== null && <Notice tone="warn">{refusalWords(view.lastRefusal)}</Notice>}
      <Contribution work={work} />
      <ProgressCharts view={view} headline={work.run.plan.task.evaluation.headline} />
      <Model work={work} />
    </div>
  );
}

function Contribution({ work }: Pick<Props, "work">) {
  const { rounds, examples, bytesUp, bytesDown } = work.view.contribution;
  return (
    <section class="stack" aria-labelledby="contribution">
      <h2 id="contribution">Your contribution</h2>
      <Stats
        stats={[
          { label: "rounds", value: formatCount(rounds), testId: "rounds-contributed" },
          { label: "examples trained on", value: formatCount(examples) },
          { label: "sent", value: formatBytes(bytesUp) },
          { label: "received", value: formatBytes(bytesDown) },
        ]}
      />
    </section>
  );
}

function Model({ work: { run, taken } }: Pick<Props, "work">) {
  return (
    <section class="stack" aria-labelledby="model">
      <h2 id="model">The model</h2>
      <p class="soft measure">
        The newest shared model, as float32 values in little-endian order. Anyone may download it.
      </p>
      <div class="row">
        <a class="button" href={`/api/runs/${run.id}/model`} download data-testid="download-model">
          Download the model
        </a>
      </div>
      <TakenBackendLine taken={taken} />
    </section>
  );
}
