import type { Headline, RunDetail } from "@tributary/protocol";
import { useEffect, useMemo } from "preact/hooks";
import { plural } from "../ui/format.ts";
import { formatHeadline, headlinePoints, headlineWords } from "../ui/headline.ts";
import { Notice } from "../ui/notice.tsx";
import { type Stat, Stats } from "../ui/stats.tsx";
import { ActivityPill } from "./activity-pill.tsx";
import { ExportsSection } from "./exports-section.tsx";
import { LiveRoundPanel } from "./live-round-panel.tsx";
import { openLiveRun } from "./live-run.ts";
import { loggedOut } from "./login.ts";
import { PlanSection } from "./plan-section.tsx";
import { RoundsTable } from "./rounds-table.tsx";
import { measuredRound, RunCharts } from "./run-charts.tsx";
import { RunControls } from "./run-controls.tsx";
import { strategyWords } from "./strategy-words.ts";
import { SynthesisSection } from "./synthesis-section.tsx";
import { VolunteersTable } from "./volunteers-table.tsx";

/** Follows the run until another page is opened. */
export function RunPage({ run }: { readonly run: string }) {
  const live = useMemo(() => openLiveRun(run, loggedOut), [run]);
  useEffect(() => () => live.close(), [live]);
  const detail = live.detail.value;
  const trouble = live.trouble.value;
  return (
    <div class="stack-l">
      {trouble !== null && <Notice tone="warn">{trouble}</Notice>}
      {detail === null ? <p class="soft">Loading the run…</p> : <Detail detail={detail} />}
    </div>
  );
}

function Detail({ detail }: { readonly detail: RunDetail }) {
  const { summary, rounds, volunteers, synthesis } = detail;
  const { dynafed } = summary.plan;
  return (
    <>
      <Head detail={detail} />
      <Stats stats={headline(detail)} />
      <LiveRoundPanel detail={detail} />
      <RunCharts rounds={rounds} headline={summary.plan.task.evaluation.headline} />
      {dynafed !== null && <SynthesisSection summary={summary} dynafed={dynafed} synthesis={synthesis} />}
      <section class="stack" aria-labelledby="rounds">
        <h2 id="rounds">Rounds</h2>
        <RoundsTable rounds={rounds} headline={summary.plan.task.evaluation.headline} />
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

function Head({ detail: { summary } }: { readonly detail: RunDetail }) {
  return (
    <div class="stack">
      <div class="spread">
        <h1>{summary.name}</h1>
        <ActivityPill activity={summary.activity} />
      </div>
      <p class="soft" data-testid="run-strategy">
        {strategyWords(summary.plan)}
      </p>
      <RunControls summary={summary} />
    </div>
  );
}

function headline({ summary, rounds, volunteers }: RunDetail): readonly Stat[] {
  const { plan, completedRounds } = summary;
  const { headline } = plan.task.evaluation;
  const points = headlinePoints(rounds.map(measuredRound), headline);
  const refusals = rounds.reduce((sum, { refused }) => sum + refused, 0);
  const newest = (label: string, key: "aggregate" | "refined" | "volunteers" | "worstTenth") => {
    const value = points.findLast((point) => point[key] !== null)?.[key] ?? null;
    return { label: `${headlineWords[headline]}, ${label}`, value: figureText(value, headline) };
  };
  return [
    {
      label: `of ${plural(plan.rounds, "round")}`,
      value: String(completedRounds),
      testId: "rounds-completed",
    },
    ...(plan.sample === null ? [] : [newest("server, aggregate", "aggregate")]),
    ...(plan.sample === null || plan.dynafed === null ? [] : [newest("server, refined", "refined")]),
    { ...newest("volunteers", "volunteers"), testId: "federated-headline" },
    newest("their worst tenth", "worstTenth"),
    { label: "volunteers here now", value: String(volunteers.filter(({ connected }) => connected).length) },
    { label: "updates refused", value: String(refusals) },
  ];
}

function figureText(value: number | null, headline: Headline): string {
  return value === null ? "–" : formatHeadline(value, headline);
}
