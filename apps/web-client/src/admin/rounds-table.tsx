import type { RoundRow } from "@tributary/protocol";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { formatBytes, formatCount, formatDuration, formatPercent, formatReal } from "../ui/format.ts";

const tones = { open: "live", aggregated: undefined, abandoned: "bad" } as const;

const columns: readonly Column<RoundRow>[] = [
  { title: "Round", number: true, cell: ({ round }) => round },
  { title: "Outcome", cell: ({ outcome }) => <OutcomePill outcome={outcome} /> },
  { title: "Updates", number: true, cell: ({ participants, asked }) => `${participants} of ${asked}` },
  { title: "Refused", number: true, cell: ({ refused }) => refused },
  { title: "Images", number: true, cell: ({ examples }) => formatCount(examples) },
  { title: "Loss", number: true, cell: ({ loss }) => formatReal(loss) },
  { title: "Aggregate", number: true, cell: ({ accuracyAggregate }) => formatPercent(accuracyAggregate) },
  { title: "Refined", number: true, cell: ({ accuracyRefined }) => formatPercent(accuracyRefined) },
  { title: "Up", number: true, cell: ({ bytesUp }) => formatBytes(bytesUp) },
  { title: "Down", number: true, cell: ({ bytesDown }) => formatBytes(bytesDown) },
  { title: "Time", number: true, cell: ({ ms }) => formatDuration(ms) },
  { title: "Snapshot", cell: (row) => <code>{newestSnapshot(row).slice(0, 10)}</code> },
];

/** The round log, newest round first. */
export function RoundsTable({ rounds }: { readonly rounds: readonly RoundRow[] }) {
  if (rounds.length === 0) return <p class="soft">No round has opened yet.</p>;
  return (
    <DataTable
      label="Table of rounds"
      tall
      columns={columns}
      rows={rounds.toReversed()}
      keyOf={({ round }) => round}
    />
  );
}

function OutcomePill({ outcome }: Pick<RoundRow, "outcome">) {
  return (
    <span class="pill" data-tone={tones[outcome]}>
      {outcome}
    </span>
  );
}

function newestSnapshot({ refinedSnapshot, aggregateSnapshot }: RoundRow): string {
  return refinedSnapshot ?? aggregateSnapshot ?? "";
}
