import { classNamesOf, type Task } from "@tributary/protocol";
import type { DataDesk } from "../../data/data-desk.ts";
import type { ReadData } from "../../data/data-messages.ts";
import { DataTable } from "../../ui/data-table.tsx";
import { formatCount, formatPercent, plural } from "../../ui/format.ts";
import { Notice } from "../../ui/notice.tsx";
import { ClassGrid } from "./class-grid.tsx";
import { LeftOutList } from "./left-out-list.tsx";

type Props = { readonly desk: DataDesk; readonly task: Task };

/** What a start would train on, as the network sees it: counts, parts, pictures or rows, and what was left out. */
export function WhatTheModelSees({ desk, task }: Props) {
  const { data } = desk.state.value;
  if (data === null) return null;
  const { found, summary } = data;
  return (
    <section class="stack" aria-labelledby="model-sees" data-testid="preview">
      <h3 id="model-sees">What the model will see</h3>
      <Counts data={data} task={task} />
      {summary.classes.length > 0 && (
        <ClassGrid
          names={classNamesOf({ task })}
          sizes={summary.classes}
          previews={found.kind === "pictures" ? found.previews : []}
        />
      )}
      {found.kind === "rows" && <Rows preview={found.preview} />}
      <LeftOutList groups={found.leftOut} things={found.kind === "pictures" ? "file" : "row"} />
    </section>
  );
}

function Counts({ data: { summary, found }, task }: { readonly data: ReadData; readonly task: Task }) {
  const thing = found.kind === "pictures" ? "picture" : "row";
  if (summary.count === 0) return <Notice tone="warn">No {thing} can be used yet.</Notice>;
  const missing = classNamesOf({ task }).filter((_, label) => summary.classes[label]?.count === 0);
  return (
    <>
      <p data-testid="counts" data-count={summary.count} data-held={summary.held}>
        <strong>{plural(summary.count, thing)}</strong>: {formatCount(summary.count - summary.held)} to train
        on
        {summary.held > 0 &&
          `, ${formatCount(summary.held)} held out (${formatPercent(summary.held / summary.count)}). Those are never trained on and measure the shared model; the same data give the same part next time`}
        .
      </p>
      {missing.length > 0 && (
        <p class="small soft">
          No {thing} of {listed(missing)}. That is fine: other volunteers may have some.
        </p>
      )}
    </>
  );
}

const MOST_NAMED = 8;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).join(", ");
  return names.length > MOST_NAMED ? `${shown} and ${names.length - MOST_NAMED} other classes` : shown;
}

type RowsProps = {
  readonly preview: { readonly titles: readonly string[]; readonly rows: readonly (readonly string[])[] };
};

function Rows({ preview: { titles, rows } }: RowsProps) {
  const columns = titles.map((title, at) => ({
    title,
    number: true,
    cell: (row: readonly string[]) => row[at] ?? "",
  }));
  return (
    <div class="stack-tight" data-testid="row-preview">
      <p class="small soft">The first rows as the network sees them: numbers are standardised by the task.</p>
      <DataTable label="The first rows" columns={columns} rows={rows} keyOf={(_, index) => index} />
    </div>
  );
}
