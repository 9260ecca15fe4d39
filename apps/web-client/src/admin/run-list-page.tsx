import type { RunSummary } from "@tributary/protocol";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Notice } from "../ui/notice.tsx";
import { ActivityPill } from "./activity-pill.tsx";
import { strategyWords } from "./strategy-words.ts";
import { useAnswer } from "./use-answer.ts";

const refreshMs = 3000;

export function RunListPage() {
  const answer = useAnswer("/api/admin/runs", refreshMs);
  return (
    <div class="stack">
      <div class="spread">
        <h1>Runs</h1>
        <a class="button" data-kind="primary" href="/admin/new" data-testid="new-run">
          New run
        </a>
      </div>
      {answer === null && <p class="soft">Loading the runs…</p>}
      {answer?.ok === false && <Notice tone="bad">{answer.detail}</Notice>}
      {answer?.ok === true && <RunTable runs={answer.value} />}
    </div>
  );
}

const columns: readonly Column<RunSummary>[] = [
  { title: "Run", cell: ({ id, name }) => <a href={`/admin/runs/${id}`}>{name}</a> },
  { title: "State", cell: ({ activity }) => <ActivityPill activity={activity} /> },
  { title: "Strategy", cell: ({ plan }) => strategyWords(plan) },
  {
    title: "Rounds",
    number: true,
    cell: ({ completedRounds, plan }) => `${completedRounds} of ${plan.rounds}`,
  },
  { title: "Volunteers", number: true, cell: ({ connectedVolunteers }) => connectedVolunteers },
  { title: "Created", cell: ({ createdAt }) => new Date(createdAt).toLocaleString() },
];

function RunTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  if (runs.length === 0) return <p class="lead">There are no runs yet. Create the first one.</p>;
  const newestFirst = runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return <DataTable label="Runs" columns={columns} rows={newestFirst} keyOf={({ id }) => id} />;
}
