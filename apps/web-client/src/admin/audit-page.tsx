import type { AuditRow } from "@tributary/protocol";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { Notice } from "../ui/notice.tsx";
import { useAnswer } from "./use-answer.ts";

const columns: readonly Column<AuditRow>[] = [
  { title: "When", cell: ({ at }) => new Date(at).toLocaleString() },
  { title: "Who", cell: ({ actor }) => actor },
  { title: "What", cell: ({ action }) => action },
  { title: "Run", cell: ({ run }) => run !== null && <a href={`/admin/runs/${run}`}>{run}</a> },
  { title: "Detail", cell: ({ detail }) => detail },
];

export function AuditPage() {
  const answer = useAnswer("/api/admin/audit", null);
  return (
    <div class="stack">
      <h1>Audit log</h1>
      <p class="soft">Every login and every change that an operator made, newest first.</p>
      {answer?.ok === false && <Notice tone="bad">{answer.detail}</Notice>}
      {answer?.ok === true && (
        <DataTable label="Audit log" columns={columns} rows={answer.value} keyOf={(_, index) => index} />
      )}
    </div>
  );
}
