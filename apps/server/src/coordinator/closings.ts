import { lastClosedRound, type RunState } from "@tributary/rounds";

/**
 * Returns a function to call whenever the state has moved. It calls `onClosed` with the newest round that takes no more
 * updates: once a round, or once for several rounds that closed while another process led. Rounds that are closed
 * already are not told.
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
