/**
 * The same text without what it was cut from. An engine may keep the whole piece of a file in memory for the sake of a few
 * characters; texts that outlive their piece are copied.
 */
export function ownText(text: string): string {
  return Array.from(text).join("");
}
