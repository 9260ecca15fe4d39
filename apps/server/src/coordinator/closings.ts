import { lastClosedRound, type RunState } from "@tributary/rounds";

/**
 * A function to call whenever the state has moved: it tells `onClosed` the newest round that takes no more updates, once
 * for each such round, or once for several that closed elsewhere. Rounds that are closed already are not told.
 */
export function watchClosings(state: () => RunState, onClosed: (round: number) => void): () => void {
  let told = lastClosedRound(state());
  return () => {
    const closed = lastClosedRound(state());
    if (closed <= told) return;
    told = closed;
    onClosed(closed);
  };
}
