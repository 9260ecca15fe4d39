import type { DataDesk } from "../../data/data-desk.ts";
import type { Activity } from "../../data/data-state.ts";
import { formatBytes, formatCount, plural } from "../../ui/format.ts";
import { Notice } from "../../ui/notice.tsx";

/** What is being read, with a way to stop it; or why it could not be read. */
export function ReadingStatus({ desk }: { readonly desk: DataDesk }) {
  const { activity } = desk.state.value;
  switch (activity.phase) {
    case "idle":
    case "asking":
      return null;
    case "failed":
      return <Notice tone="bad">The data cannot be read: {activity.reason}</Notice>;
    case "listing":
    case "reading":
      return <UnderWay activity={activity} onCancel={desk.cancel} />;
    default:
      return activity satisfies never;
  }
}

type UnderWayProps = {
  readonly activity: Extract<Activity, { phase: "listing" | "reading" }>;
  readonly onCancel: () => void;
};

function UnderWay({ activity, onCancel }: UnderWayProps) {
  const progress = activity.phase === "reading" ? activity.progress : null;
  return (
    <div class="panel spread reading" data-testid="reading" data-phase={activity.phase}>
      <div class="stack-tight">
        <p>{wordsOf(activity)}</p>
        <progress
          class="meter"
          aria-label="Data read"
          {...(progress === null ? {} : { value: progress.done, max: Math.max(1, progress.total) })}
        />
      </div>
      <button type="button" class="button" data-testid="cancel-reading" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function wordsOf(activity: UnderWayProps["activity"]): string {
  if (activity.phase === "listing") return `Listing the files: ${plural(activity.found, "file")} so far`;
  if (activity.progress === null) return "Reading…";
  const { unit, done, total } = activity.progress;
  return unit === "bytes"
    ? `Reading the table: ${formatBytes(done)} of ${formatBytes(total)}`
    : `Reading pictures: ${formatCount(done)} of ${plural(total, "file")}`;
}
