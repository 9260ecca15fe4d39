/** What the address of the volunteer page can say: `?run=ID&shard=N&autostart=1&backend=wasm`. */
import { type BrowserBackend, parseBackend } from "./backend-choice.ts";

export type PageLink = {
  readonly run: string | null;
  readonly shard: number | null;
  readonly autostart: boolean;
  readonly backend: BrowserBackend | null;
};

export function parsePageLink(search: string): PageLink {
  const query = new URLSearchParams(search);
  const shard = query.get("shard");
  return {
    run: query.get("run"),
    shard: shard !== null && /^\d{1,5}$/.test(shard) ? Number(shard) : null,
    autostart: query.get("autostart") === "1",
    backend: parseBackend(query.get("backend")),
  };
}

/** The link that brings someone else to the same run and shard. */
export function formatPageLink(run: string, shard: number | null): string {
  const query = new URLSearchParams({ run, ...(shard === null ? {} : { shard: String(shard) }) });
  return `/?${query}`;
}
