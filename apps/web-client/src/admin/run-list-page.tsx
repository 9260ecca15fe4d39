import type { RunSummary } from "@tributary/protocol";
import { Notice } from "../ui/notice.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { ActivityPill } from "./activity-pill.tsx";
import { strategyWords } from "./strategy-fields.ts";
import { useAnswer } from "./use-answer.ts";

export function RunListPage() {
  const answer = useAnswer<readonly RunSummary[]>("/api/admin/runs", 3000);
  return (
    <div class="stack">
      <div class="spread">
        <h1>Runs</h1>
        <a class="button" data-kind="primary" href="/admin/new" data-testid="new-run">
          New run
        </a>
      </div>
      {answer === null && <p class="soft">Asking the server…</p>}
      {answer?.ok === false && <Notice tone="bad">{answer.detail}</Notice>}
      {answer?.ok === true && <RunTable runs={answer.value} />}
    </div>
  );
}

function RunTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  if (runs.length === 0) return <p class="lead">No runs yet. Create the first one.</p>;
  const newestFirst = runs.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  return (
    <TableFrame label="Runs">
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Strategy</th>
          <th scope="col" class="number">
            Rounds
          </th>
          <th scope="col" class="number">
            Volunteers
          </th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {newestFirst.map((run) => (
          <tr key={run.id}>
            <th scope="row">
              <a href={`/admin/runs/${run.id}`}>{run.name}</a>
            </th>
            <td>
              <ActivityPill activity={run.activity} />
            </td>
            <td>{strategyWords(run.plan)}</td>
            <td class="number">
              {run.completedRounds} of {run.plan.rounds}
            </td>
            <td class="number">{run.connectedVolunteers}</td>
            <td>{new Date(run.createdAt).toLocaleString()}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
