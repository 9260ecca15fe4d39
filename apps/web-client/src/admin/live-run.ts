/** Follows one run by its server-sent events. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { RunDetail } from "@tributary/protocol";
import { getJson } from "../api.ts";

export type LiveRun = {
  /** The newest state that came; null until the first. */
  readonly detail: ReadonlySignal<RunDetail | null>;
  /** Why no newer state comes, in words; null while the stream is open. */
  readonly trouble: ReadonlySignal<string | null>;
  close(): void;
};

const reopenMs = 3000;

/** `onLoggedOut` is called when the server refuses the stream because the login has ended. */
export function openLiveRun(run: string, onLoggedOut: () => void): LiveRun {
  const detail = signal<RunDetail | null>(null);
  const trouble = signal<string | null>(null);
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const open = () => {
    source = new EventSource(`/api/admin/runs/${run}/events`);
    source.addEventListener("run", ({ data }: MessageEvent<string>) => {
      detail.value = JSON.parse(data) as RunDetail;
      trouble.value = null;
    });
    source.addEventListener("error", () => {
      trouble.value = "The connection to the server was lost. Trying again…";
      // The browser retries a lost connection by itself, but never a refused one: ask why it was refused.
      if (source.readyState === EventSource.CLOSED) void explain();
    });
  };

  const explain = async () => {
    const answer = await getJson("/api/admin/runs/:run", { run });
    if (isClosed) return;
    if (!answer.ok && answer.status === 401) return onLoggedOut();
    if (!answer.ok && answer.status === 404) {
      trouble.value = answer.detail;
      return;
    }
    if (answer.ok) detail.value = answer.value;
    timer = setTimeout(open, reopenMs);
  };

  open();
  return {
    detail,
    trouble,
    close() {
      isClosed = true;
      clearTimeout(timer);
      source.close();
    },
  };
}
