import type { VolunteerRow } from "@tributary/protocol";
import { formatBytes, formatCount } from "../ui/format.ts";
import { TableFrame } from "../ui/table-frame.tsx";

export function VolunteersTable({ volunteers }: { readonly volunteers: readonly VolunteerRow[] }) {
  if (volunteers.length === 0) return <p class="soft">Nobody has joined yet.</p>;
  const hereFirst = volunteers.toSorted((a, b) => Number(b.connected) - Number(a.connected));
  return (
    <TableFrame label="Table of volunteers" tall>
      <thead>
        <tr>
          <th scope="col">Volunteer</th>
          <th scope="col">State</th>
          <th scope="col">Device</th>
          <th scope="col">Backend</th>
          {["Images", "Rounds", "Up", "Down"].map((name) => (
            <th scope="col" class="number" key={name}>
              {name}
            </th>
          ))}
          <th scope="col">Last seen</th>
        </tr>
      </thead>
      <tbody>
        {hereFirst.map((row) => (
          <tr key={row.volunteer}>
            <th scope="row">
              <code>{row.volunteer.slice(0, 13)}</code>
            </th>
            <td>
              <span class="pill" data-tone={row.available ? "live" : undefined}>
                {stateOf(row)}
              </span>
            </td>
            <td>{row.device}</td>
            <td>{row.backend}</td>
            <td class="number">{formatCount(row.examples)}</td>
            <td class="number">{row.roundsReported}</td>
            <td class="number">{formatBytes(row.bytesUp)}</td>
            <td class="number">{formatBytes(row.bytesDown)}</td>
            <td>{row.connected ? "now" : new Date(row.lastSeenAt).toLocaleTimeString()}</td>
          </tr>
        ))}
      </tbody>
    </TableFrame>
  );
}

function stateOf({ connected, available }: VolunteerRow): string {
  if (!connected) return "away";
  return available ? "ready" : "paused";
}
