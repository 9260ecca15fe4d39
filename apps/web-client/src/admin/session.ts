/** Who is logged in, as the server sees it. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { getJson, postJson } from "../api.ts";

export type Session =
  | { readonly is: "unknown" }
  | { readonly is: "out" }
  | { readonly is: "in"; readonly label: string }
  | { readonly is: "unreachable"; readonly reason: string };

const current = signal<Session>({ is: "unknown" });
export const session: ReadonlySignal<Session> = current;

export async function checkSession(): Promise<void> {
  const answer = await getJson<{ label: string }>("/api/admin/session");
  if (answer.ok) current.value = { is: "in", label: answer.value.label };
  else if (answer.status === 401) current.value = { is: "out" };
  else current.value = { is: "unreachable", reason: `${answer.error} ${answer.detail}` };
}

/** Null when it worked, else what to show. */
export async function logIn(token: string): Promise<string | null> {
  const answer = await postJson<{ label: string }>("/api/admin/login", { token });
  if (!answer.ok) return answer.detail;
  current.value = { is: "in", label: answer.value.label };
  return null;
}

export async function logOut(): Promise<void> {
  await postJson("/api/admin/logout", {});
  current.value = { is: "out" };
}

/** The server has forgotten this operator. */
export function loggedOut(): void {
  current.value = { is: "out" };
}
