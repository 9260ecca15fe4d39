/** Requests to our own server. They never reject: a failure is a value that the page can show. */
import type {
  ErrorBody,
  GetAnswer,
  GetPath,
  PathParams,
  PostAnswer,
  PostBody,
  PostPath,
  Problem,
} from "@tributary/protocol";
import { reasonOf } from "./reason-of.ts";

export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;

/**
 * `status` is HTTP's, or 0 when no answer came. `detail` quotes the wrong value. `problems` says what is wrong with
 * the request's body.
 */
export type Failure = {
  readonly ok: false;
  readonly status: number;
  readonly error: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
};

/** The values for what a path leaves open, such as `{ run: "demo" }`; no argument for a path without any. */
export type ParamsOf<Path extends string> = keyof PathParams<Path> extends never
  ? []
  : [params: PathParams<Path>];

export async function getJson<Path extends GetPath>(
  path: Path,
  ...[params]: ParamsOf<Path>
): Promise<Answer<GetAnswer<Path>>> {
  return await ask(filled(path, params), { method: "GET" });
}

export async function postJson<Path extends PostPath>(
  path: Path,
  body: PostBody<Path>,
  ...[params]: ParamsOf<Path>
): Promise<Answer<PostAnswer<Path>>> {
  return await ask(filled(path, params), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export async function getBytes(path: string): Promise<Answer<Uint8Array>> {
  try {
    const response = await fetch(path, { credentials: "same-origin" });
    if (!response.ok) return await refusal(response);
    return { ok: true, value: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    return unreachable(path, cause);
  }
}

function filled(path: string, params: Readonly<Record<string, string>> = {}): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

/** The server's answers have their routes' schemas, so that the page takes their types on trust. */
async function ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(path, { ...init, credentials: "same-origin" });
    if (!response.ok) return await refusal(response);
    const text = await response.text();
    return { ok: true, value: (text === "" ? null : JSON.parse(text)) as T };
  } catch (cause) {
    return unreachable(path, cause);
  }
}

async function refusal(response: Response): Promise<Failure> {
  const text = await response.text();
  try {
    const { error, detail, problems } = JSON.parse(text) as ErrorBody;
    return { ok: false, status: response.status, error, detail, problems };
  } catch {
    const detail = text.slice(0, 300);
    return { ok: false, status: response.status, error: response.statusText, detail, problems: [] };
  }
}

function unreachable(path: string, cause: unknown): Failure {
  const detail = `${path}: ${reasonOf(cause)}`;
  return { ok: false, status: 0, error: "The server cannot be reached.", detail, problems: [] };
}
