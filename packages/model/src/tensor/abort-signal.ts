/** The part of the platform's AbortSignal that is used here; the ES library has no such type. */
export type AbortSignal = { readonly aborted: boolean; readonly reason?: unknown };
