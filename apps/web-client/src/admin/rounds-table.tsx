import type { RoundRow } from "@tributary/protocol";
import { formatBytes, formatCount, formatDuration, formatPercent, formatReal } from "../ui/format.ts";
import { TableFrame } from "../ui/table-frame.tsx";

const tones = { open: "live", aggregated: undefined, abandoned: "bad" } as const;

export function RoundsTable({ rounds }: { readonly rounds: readonly RoundRow[] }) {
  if (rounds.length === 0) return <p class="soft">No round has opened yet.</p>;
  return (
    <TableFrame label="Table of rounds" tall>
      <thead>
        <tr>
          <th scope="col" class="number">
            Round
          </th>
          <th scope="col">Outcome</th>
          {["Reported", "Refused", "Images", "Loss", "Averaged", "Refined", "Up", "Down", "Took"].map(
            (name) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ),
          )}
          <th scope="col">Snapshot</th>
        </tr>
      </thead>
      <tbody>
        {rounds.toReversed().map((row) => (
          <tr key={row.round}>
            <th scope="row" class="number">
              {row.round}
            </th>
            <td>
              <span class="pill" data-tone={tones[row.outcome]}>
                {row.outcome}
              </span>
            </td>
            <td class="number">
              {row.participants} of {row.asked}
            </td>
            <td class="number">{row.refused}</td>
            <td class="number">{formatCount(row.examples)}</td>
            <td class="number">{formatReal(row.loss)}</td>
            <td class="number">{formatPercent(row.accuracyAggregate)}</td>
            <td class="number">{formatPercent(row.accuracyRefined)}</td>
            <td class="number">{formatBytes(row.bytesUp)}</td>
            <td class="number">{formatBytes(row.bytesDown)}</td>
            <td class="number">{formatDuration(row.ms)}</td>
            <td>
              <code>{(row.refinedSnapshot ?? row.aggregateSnapshot ?? "").slice(0, 10)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}
