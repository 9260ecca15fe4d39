/** Something that the page fetches from the server. */
export type Loadable<T> =
  | { readonly phase: "loading" }
  | { readonly phase: "ready"; readonly value: T }
  | { readonly phase: "failed"; readonly reason: string };

export function loading(): Loadable<never> {
  return { phase: "loading" };
}

export function ready<T>(value: T): Loadable<T> {
  return { phase: "ready", value };
}

export function failed(answer: { readonly error: string; readonly detail: string }): Loadable<never> {
  return { phase: "failed", reason: `${answer.error}: ${answer.detail}` };
}
