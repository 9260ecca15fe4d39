import type { VolunteerRow } from "@tributary/protocol";
import { type Column, DataTable } from "../ui/data-table.tsx";
import { formatBytes, formatCount } from "../ui/format.ts";

const columns: readonly Column<VolunteerRow>[] = [
  { title: "Volunteer", cell: ({ volunteer }) => <code>{volunteer.slice(0, 13)}</code> },
  { title: "State", cell: (row) => <PresencePill row={row} /> },
  { title: "Device", cell: ({ device }) => device },
  { title: "Backend", cell: ({ backend }) => backend },
  { title: "Images", number: true, cell: ({ examples }) => formatCount(examples) },
  { title: "Rounds", number: true, cell: ({ roundsReported }) => roundsReported },
  { title: "Up", number: true, cell: ({ bytesUp }) => formatBytes(bytesUp) },
  { title: "Down", number: true, cell: ({ bytesDown }) => formatBytes(bytesDown) },
  { title: "Last seen", cell: lastSeen },
];

/** Everybody who ever joined the run; those who are connected come first. */
export function VolunteersTable({ volunteers }: { readonly volunteers: readonly VolunteerRow[] }) {
  if (volunteers.length === 0) return <p class="soft">Nobody has joined yet.</p>;
  const connectedFirst = volunteers.toSorted((a, b) => Number(b.connected) - Number(a.connected));
  return (
    <DataTable
      label="Table of volunteers"
      tall
      columns={columns}
      rows={connectedFirst}
      keyOf={({ volunteer }) => volunteer}
    />
  );
}

function PresencePill({ row }: { readonly row: VolunteerRow }) {
  return (
    <span class="pill" data-tone={row.available ? "live" : undefined}>
      {presenceOf(row)}
    </span>
  );
}

function presenceOf({ connected, available }: VolunteerRow): string {
  if (!connected) return "away";
  return available ? "ready" : "paused";
}

function lastSeen({ connected, lastSeenAt }: VolunteerRow): string {
  return connected ? "now" : new Date(lastSeenAt).toLocaleTimeString();
}
