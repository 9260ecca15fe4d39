import type { SynthesisView, SyntheticSetView } from "@tributary/protocol";
import { useEffect, useState } from "preact/hooks";
import { getJson } from "../api.ts";

const refreshMs = 5000;

/** The newest synthetic set; null until there is one. It is fetched again while it is learned, and once it is done. */
export function useSyntheticSet(run: string, { state, iteration }: SynthesisView): SyntheticSetView | null {
  const [set, setSet] = useState<SyntheticSetView | null>(null);
  const hasBegun = iteration > 0;
  useEffect(() => {
    if (!hasBegun && state !== "done") return;
    let isOver = false;
    const refresh = async () => {
      const answer = await getJson("/api/admin/runs/:run/synthetic", { run });
      if (answer.ok && !isOver) setSet(answer.value);
    };
    void refresh();
    const timer = state === "working" ? setInterval(() => void refresh(), refreshMs) : undefined;
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [run, state, hasBegun]);
  return set;
}
