import { useCallback, useEffect, useState } from "preact/hooks";
import { type Answer, getJson } from "../api.ts";
import { loggedOut } from "./session.ts";

/** The newest answer from `path`, asked for again every `everyMs` where that is given. Null until the first comes. */
export function useAnswer<T>(path: string, everyMs: number | null): Answer<T> | null {
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  const ask = useCallback(async () => {
    const came = await getJson<T>(path);
    if (!came.ok && came.status === 401) loggedOut();
    return came;
  }, [path]);

  useEffect(() => {
    let over = false;
    const refresh = async () => {
      const came = await ask();
      if (!over) setAnswer(came);
    };
    void refresh();
    const timer = everyMs === null ? undefined : setInterval(() => void refresh(), everyMs);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [ask, everyMs]);
  return answer;
}
