/** Numbers as people read them. */

/** 1536 -> "1.5 kB" (decimal units, as networks and disks are counted). */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** 0.7312 -> "73.1 %"; null -> a dash. */
export function formatPercent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}

/** 0.7312 -> "73 %". */
export function wholePercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Three significant places for losses and distances; null -> a dash. */
export function formatReal(value: number | null): string {
  if (value === null) return "–";
  return Math.abs(value) >= 1000 || (value !== 0 && Math.abs(value) < 0.001)
    ? value.toExponential(2)
    : value.toFixed(3);
}

/** 12345 -> "12,345". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** 840 -> "0.8 s", 61 000 -> "1 min 1 s"; null -> a dash. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** "2 volunteers", "1 volunteer". */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}
