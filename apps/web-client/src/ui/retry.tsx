import { Notice } from "./notice.tsx";

/** Something that failed, and the way to try it again. */
export function Retry({ reason, onRetry }: { readonly reason: string; readonly onRetry: () => void }) {
  return (
    <Notice tone="bad">
      <div class="spread">
        <p>{reason}</p>
        <button type="button" class="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    </Notice>
  );
}
