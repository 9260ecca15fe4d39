/** Finds one of a few texts: exactly, or else loosely where a single one of them has the name. */
import { exactClassName } from "@tributary/protocol";
import { looseName } from "../folders/loose-name.ts";
import { ownText } from "./own-text.ts";

/** A text, and what it stands for. */
export type IndexedText = { readonly text: string; readonly value: number };

const MOST_REMEMBERED = 10_000;

/** Gives the value that a text stands for, null for none. Of equal texts the first one counts. */
export function createTextIndex(texts: readonly IndexedText[]): (text: string) => number | null {
  const exact = new Map<string, number>();
  const loose = new Map<string, number | null>();
  for (const { text, value } of texts) {
    const name = exactClassName(text);
    if (!exact.has(name)) exact.set(name, value);
    const key = looseName(text);
    const other = loose.get(key);
    loose.set(key, other === undefined || other === value ? value : null);
  }
  const known = new Map<string, number | null>();
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const found = exact.get(exactClassName(text)) ?? loose.get(looseName(text)) ?? null;
    if (known.size < MOST_REMEMBERED) known.set(ownText(text), found);
    return found;
  };
}
