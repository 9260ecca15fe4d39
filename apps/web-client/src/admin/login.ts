/** Whether an operator is logged in, as the server sees it. */
import { type ReadonlySignal, signal } from "@preact/signals";
import { getJson, postJson } from "../api.ts";

export type Login =
  | { readonly phase: "unknown" }
  | { readonly phase: "out" }
  /** `label`: the name of the admin token. */
  | { readonly phase: "in"; readonly label: string }
  | { readonly phase: "unreachable"; readonly reason: string };

const current = signal<Login>({ phase: "unknown" });
/** One for the whole dashboard: every page may find out that the login has ended. */
export const login: ReadonlySignal<Login> = current;

export async function checkLogin(): Promise<void> {
  const answer = await getJson("/api/admin/operator");
  if (answer.ok) current.value = { phase: "in", label: answer.value.label };
  else if (answer.status === 401) loggedOut();
  else current.value = { phase: "unreachable", reason: `${answer.error} ${answer.detail}` };
}

/** Null when it worked, otherwise the problem to show. */
export async function logIn(token: string): Promise<string | null> {
  const answer = await postJson("/api/admin/login", { token });
  if (!answer.ok) return answer.detail;
  current.value = { phase: "in", label: answer.value.label };
  return null;
}

export async function logOut(): Promise<void> {
  await postJson("/api/admin/logout", {});
  loggedOut();
}

/** To be called when the server refuses a request because its login has ended. */
export function loggedOut(): void {
  current.value = { phase: "out" };
}
