import { useCallback, useEffect, useState } from "preact/hooks";
import { type Answer, getJson } from "../api.ts";
import { loggedOut } from "./login.ts";

/** The newest answer from `path`; null until the first comes. Asks again every `everyMs`; null asks once. */
export function useAnswer<T>(path: string, everyMs: number | null): Answer<T> | null {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const ask = useCallback(async () => {
    const came = await getJson<T>(path);
    if (!came.ok && came.status === 401) loggedOut();
    return came;
  }, [path]);

  useEffect(() => {
    let isOver = false;
    const refresh = async () => {
      const came = await ask();
      if (!isOver) setAnswer(came);
    };
    void refresh();
    const timer = everyMs === null ? undefined : setInterval(() => void refresh(), everyMs);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [ask, everyMs]);
  return answer;
}
