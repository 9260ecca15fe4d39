/** At most 120 characters of a value, in the manner of JSON; binary by its length, inner levels as dots. */
export function quote(value: unknown): string {
  const text = typeof value === "object" && value !== null ? quoteObject(value) : quoteScalar(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

/** Never touches more of the value than it shows: strangers send large values on purpose. */
function quoteObject(value: object): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  const inner = (part: unknown) => (typeof part === "object" && part !== null ? "..." : quoteScalar(part));
  if (Array.isArray(value)) return `[${value.slice(0, 20).map(inner).join(",")}]`;
  const fields = Object.entries(value).slice(0, 20);
  return `{${fields.map(([name, part]: [string, unknown]) => `${quoteScalar(name)}:${inner(part)}`).join(",")}}`;
}

function quoteScalar(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 120)) : String(value);
}
