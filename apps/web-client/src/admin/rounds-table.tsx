import { type Figures, type Headline, headlineIn, type RoundRow } from "@tributary/protocol";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { formatBytes, formatCount, formatDuration, formatReal } from "../ui/format.ts";
import { formatHeadline } from "../ui/headline.ts";

type Props = { readonly rounds: readonly RoundRow[]; readonly headline: Headline };

const tones = { open: "live", aggregated: undefined, abandoned: "bad" } as const;

function columnsOf(headline: Headline): readonly Column<RoundRow>[] {
  const written = (value: number | null) => (value === null ? "–" : formatHeadline(value, headline));
  const ofFigures = (figures: Figures | null) => written(headlineIn(figures, headline));
  return [
    { title: "Round", number: true, cell: ({ round }) => round },
    { title: "Outcome", cell: ({ outcome }) => <OutcomePill outcome={outcome} /> },
    { title: "Updates", number: true, cell: ({ participants, asked }) => `${participants} of ${asked}` },
    { title: "Refused", number: true, cell: ({ refused }) => refused },
    { title: "Examples", number: true, cell: ({ examples }) => formatCount(examples) },
    { title: "Loss", number: true, cell: ({ loss }) => formatReal(loss) },
    { title: "Aggregate", number: true, cell: ({ figuresAggregate }) => ofFigures(figuresAggregate) },
    { title: "Refined", number: true, cell: ({ figuresRefined }) => ofFigures(figuresRefined) },
    {
      title: "Start, by volunteers",
      number: true,
      cell: ({ federated }) => ofFigures(federated?.mean ?? null),
    },
    { title: "Spread", number: true, cell: ({ federated }) => written(federated?.spread ?? null) },
    { title: "Worst tenth", number: true, cell: ({ federated }) => written(federated?.worstTenth ?? null) },
    { title: "Up", number: true, cell: ({ bytesUp }) => formatBytes(bytesUp) },
    { title: "Down", number: true, cell: ({ bytesDown }) => formatBytes(bytesDown) },
    { title: "Time", number: true, cell: ({ ms }) => formatDuration(ms) },
    { title: "Snapshot", cell: (row) => <code>{newestSnapshot(row).slice(0, 10)}</code> },
  ];
}

/** The round log, newest round first. */
export function RoundsTable({ rounds, headline }: Props) {
  if (rounds.length === 0) return <p class="soft">No round has opened yet.</p>;
  return (
    <DataTable
      label="Table of rounds"
      tall
      columns={columnsOf(headline)}
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
