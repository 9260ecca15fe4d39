/** The address of the volunteer page: `?run=ID&shard=N&autostart=1&backend=wasm`, each part optional. */
import { type BrowserBackend, backendOrder, parseBackend } from "./backend-choice.ts";

export type PageLink = {
  readonly run: string | null;
  readonly shard: number | null;
  readonly autostart: boolean;
  readonly backend: BrowserBackend | null;
  /** The parts of the address that cannot be read, in words for the page. */
  readonly problems: readonly string[];
};

/** A part that is missing or cannot be read is null (`autostart`: false). */
export function parsePageLink(search: string): PageLink {
  const query = new URLSearchParams(search);
  const [shard, backend, autostart] = [query.get("shard"), query.get("backend"), query.get("autostart")];
  const isShard = shard !== null && /^\d{1,5}$/.test(shard);
  const known = parseBackend(backend);
  const isAutostart = autostart === null || /^[01]$/.test(autostart);
  return {
    run: query.get("run"),
    shard: isShard ? Number(shard) : null,
    autostart: autostart === "1",
    backend: known,
    problems: [
      ...(shard === null || isShard ? [] : [wrong("shard", "the number of a sample shard", shard)]),
      ...(backend === null || known !== null
        ? []
        : [wrong("backend", `one of ${backendOrder.join(", ")}`, backend)]),
      ...(isAutostart ? [] : [wrong("autostart", "0 or 1", autostart)]),
    ],
  };
}

function wrong(name: string, expected: string, got: string): string {
  return `In the address, ${name}= must be ${expected}, got "${got}".`;
}

/** The link that brings someone else to the same run and shard. */
export function formatPageLink(run: string, shard: number | null): string {
  const query = new URLSearchParams({ run, ...(shard === null ? {} : { shard: String(shard) }) });
  return `/?${query}`;
}
