import { Notice } from "../ui/notice.tsx";
import { TableFrame } from "../ui/table-frame.tsx";
import { useAnswer } from "./use-answer.ts";

type Entry = {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly run: string | null;
  readonly detail: string;
};

export function AuditPage() {
  const answer = useAnswer<readonly Entry[]>("/api/admin/audit", null);
  return (
    <div class="stack">
      <h1>Audit log</h1>
      <p class="soft">Every login and every change that an operator made, newest first.</p>
      {answer?.ok === false && <Notice tone="bad">{answer.detail}</Notice>}
      {answer?.ok === true && (
        <TableFrame label="Audit log">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">Run</th>
              <th scope="col">Detail</th>
            </tr>
          </thead>
          <tbody>
            {answer.value.map((entry, index) => (
              <tr key={index}>
                <td>{new Date(entry.at).toLocaleString()}</td>
                <td>{entry.actor}</td>
                <td>{entry.action}</td>
                <td>{entry.run === null ? "" : <a href={`/admin/runs/${entry.run}`}>{entry.run}</a>}</td>
                <td>{entry.detail}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      )}
    </div>
  );
}
