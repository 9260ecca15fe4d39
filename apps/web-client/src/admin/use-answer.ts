import type { GetAnswer, GetPath } from "@tributary/protocol";
import { useEffect, useState } from "preact/hooks";
import { type Answer, getJson, type ParamsOf } from "../api.ts";
import { loggedOut } from "./login.ts";

/** The newest answer from `path`; null until the first comes. Asks again every `everyMs`; null asks once. */
export function useAnswer<Path extends GetPath>(
  path: Path,
  everyMs: number | null,
  ...params: ParamsOf<Path>
): Answer<GetAnswer<Path>> | null {
  const [answer, setAnswer] = useState<Answer<GetAnswer<Path>> | null>(null);
  useEffect(() => {
    let isOver = false;
    const refresh = async () => {
      const came = await getJson(path, ...params);
      if (!came.ok && came.status === 401) loggedOut();
      if (!isOver) setAnswer(came);
    };
    void refresh();
    const timer = everyMs === null ? undefined : setInterval(() => void refresh(), everyMs);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [path, everyMs, ...Object.values(params[0] ?? {})]);
  return answer;
}
