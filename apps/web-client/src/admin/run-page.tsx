import type { RunDetail } from "@tributary/protocol";
import { useEffect, useMemo } from "preact/hooks";
import { formatPercent, plural } from "../ui/format.ts";
import { Notice } from "../ui/notice.tsx";
import { Stats } from "../ui/stats.tsx";
import { ActivityPill } from "./activity-pill.tsx";
import { ExportsSection } from "./exports-section.tsx";
import { LiveRoundPanel } from "./live-round-panel.tsx";
import { openLiveRun } from "./live-run.ts";
import { PlanSection } from "./plan-section.tsx";
import { RoundsTable } from "./rounds-table.tsx";
import { RunCharts } from "./run-charts.tsx";
import { RunControls } from "./run-controls.tsx";
import { loggedOut } from "./session.ts";
import { strategyWords } from "./strategy-fields.ts";
import { SynthesisSection } from "./synthesis-section.tsx";
import { VolunteersTable } from "./volunteers-table.tsx";

export function RunPage({ run }: { readonly run: string }) {
  const live = useMemo(() => openLiveRun(run, loggedOut), [run]);
  useEffect(() => () => live.close(), [live]);
  const detail = live.detail.value;
  const trouble = live.trouble.value;
  return (
    <div class="stack-l">
      {trouble !== null && <Notice tone="warn">{trouble}</Notice>}
      {detail === null ? <p class="soft">Asking the server for this run…</p> : <Detail detail={detail} />}
    </div>
  );
}

function Detail({ detail }: { readonly detail: RunDetail }) {
  const { summary, rounds, volunteers, synthesis } = detail;
  const { plan } = summary;
  return (
    <>
      <div class="stack">
        <div class="spread">
          <h1>{summary.name}</h1>
          <ActivityPill activity={summary.activity} />
        </div>
        <p class="soft" data-testid="run-strategy">
          {strategyWords(plan)}
        </p>
        <RunControls summary={summary} />
      </div>
      <Stats stats={headline(detail)} />
      <LiveRoundPanel detail={detail} />
      <RunCharts rounds={rounds} />
      {plan.dynafed !== null && (
        <SynthesisSection summary={summary} dynafed={plan.dynafed} synthesis={synthesis} />
      )}
      <section class="stack" aria-labelledby="rounds">
        <h2 id="rounds">Rounds</h2>
        <RoundsTable rounds={rounds} />
      </section>
      <section class="stack" aria-labelledby="volunteers">
        <h2 id="volunteers">Volunteers</h2>
        <VolunteersTable volunteers={volunteers} />
      </section>
      <ExportsSection run={summary.id} completedRounds={summary.completedRounds} />
      <PlanSection summary={summary} />
    </>
  );
}

function headline({ summary, rounds, volunteers }: RunDetail) {
  const evaluated = rounds.findLast(({ accuracyAggregate }) => accuracyAggregate !== null);
  const refined = rounds.findLast(({ accuracyRefined }) => accuracyRefined !== null);
  const refusals = rounds.reduce((sum, { refused }) => sum + refused, 0);
  return [
    {
      label: `of ${plural(summary.plan.rounds, "round")}`,
      value: String(summary.completedRounds),
      testId: "rounds-completed",
    },
    { label: "accuracy, averaged", value: formatPercent(evaluated?.accuracyAggregate ?? null) },
    ...(summary.plan.dynafed !== null
      ? [{ label: "accuracy, refined", value: formatPercent(refined?.accuracyRefined ?? null) }]
      : []),
    { label: "volunteers here now", value: String(volunteers.filter(({ connected }) => connected).length) },
    { label: "updates refused", value: String(refusals) },
  ];
}
