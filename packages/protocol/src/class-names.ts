/** Names of classes: when two of them are the same for a person and for a file system. */
import type { Problem } from "./problem.ts";

/**
 * Characters without any appearance of their own: variation selectors, zero-width spaces, soft hyphens, direction marks.
 * The zero-width joiner is not one of them: it joins emoji into another emoji.
 */
const invisible = /[\u00ad\u200b\ufeff]|[\u200e\u200f]|[\ufe0e\ufe0f]/gu;

/**
 * The name in Unicode's composed form (NFC), without space around it. macOS writes names of folders in the decomposed
 * form, so that names are only ever compared in this one.
 */
export function exactClassName(name: string): string {
  return name.normalize("NFC").trim();
}

/** The exact name without invisible characters and repeated spaces: what a person sees of it. */
export function visibleClassName(name: string): string {
  return exactClassName(name.normalize("NFC").replace(invisible, "").replace(/\s+/gu, " "));
}

/**
 * Names that are empty, or that a person or a file system cannot tell apart: equal in all that can be seen of them. Paths are those of the list: "/2". Names that differ in case, in a sign ("C", "C++")
 * or in an emoji are different names.
 */
export function classNameProblems(names: readonly string[]): readonly Problem[] {
  const seen = new Map<string, number>();
  return names.flatMap((name, index) => {
    const shown = visibleClassName(name);
    const twin = seen.get(shown);
    if (twin === undefined) seen.set(shown, index);
    const message = problemOf(
      name,
      shown,
      twin === undefined ? null : `${JSON.stringify(names[twin])} at /${twin}`,
    );
    return message === null ? [] : [{ path: `/${index}`, message }];
  });
}

function problemOf(name: string, shown: string, twin: string | null): string | null {
  const quoted = JSON.stringify(name);
  if (shown === "") return `must be a name that can be seen, got ${quoted}`;
  if (twin === null) return null;
  return `must differ visibly from every other class name, got ${quoted}, which reads as ${twin}: rename one`;
}
