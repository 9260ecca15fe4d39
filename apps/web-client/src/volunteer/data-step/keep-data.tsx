/** Keeping data on the device: only if ticked, and offered again on the next visit. */
import type { DataDesk } from "../../data/data-desk.ts";
import { Notice } from "../../ui/notice.tsx";

type Props = { readonly desk: DataDesk };

/** What an earlier visit has kept. */
export function KeptOffer({ desk }: Props) {
  const { keeping, data, activity } = desk.state.value;
  const isOffered =
    keeping.phase === "settled" && keeping.isKept && data === null && activity.phase === "idle";
  if (!isOffered) return null;
  return (
    <Notice>
      <div class="spread">
        <p>This device has kept your data for this task.</p>
        <div class="row">
          <button type="button" class="button" data-testid="use-kept" onClick={desk.readKept}>
            Use them again
          </button>
          <button type="button" class="button" onClick={() => desk.keep(false)}>
            Remove them
          </button>
        </div>
      </div>
    </Notice>
  );
}

/** A tick that keeps what is read, and keeps it up to date. */
export function KeepData({ desk }: Props) {
  const { keeping, data } = desk.state.value;
  if (data === null || data.dataset.count === 0) return null;
  const isKept = keeping.phase === "settled" && keeping.isKept;
  return (
    <div class="stack-tight">
      <div class="row">
        <label class="choice keep">
          <input
            type="checkbox"
            data-testid="keep-data"
            checked={isKept}
            disabled={keeping.phase === "working"}
            onChange={({ currentTarget }) => desk.keep(currentTarget.checked)}
          />
          <span>Keep this data on this device for my next visit</span>
        </label>
        <button type="button" class="button" data-testid="start-over" onClick={desk.clear}>
          Start over
        </button>
      </div>
      {keeping.phase === "working" && <p class="small soft">Asking this browser's storage…</p>}
      {keeping.phase === "failed" && (
        <Notice tone="warn">
          Nothing is kept: {keeping.reason}. The data can be used now all the same. Private windows and full
          disks keep nothing.
        </Notice>
      )}
    </div>
  );
}
