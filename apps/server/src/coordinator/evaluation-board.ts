import type { Hash, RoundEvaluated, RoundRow } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { Static } from "typebox";

type Evaluated = Static<typeof RoundEvaluated>;

export type EvaluationBoard = {
  /** Every evaluated round so far, in order. */
  history(): readonly Evaluated[];
  expect(snapshot: Hash): void;
  isWaiting(): boolean;
  /** Reads what the compute process has left since; the rounds that are new or say more than before. */
  refresh(): Promise<readonly Evaluated[]>;
};

/** The run's accuracies, as they come in from the compute process. */
export function createEvaluationBoard(storage: Storage, run: string): EvaluationBoard {
  const rounds = new Map<number, Evaluated>();
  const expected = new Set<Hash>();
  const settle = (snapshot: Hash | null, accuracy: number | null) => {
    if (snapshot === null) return;
    if (accuracy === null) expected.add(snapshot);
    else expected.delete(snapshot);
  };

  return {
    history: () => [...rounds.values()],
    expect: (snapshot) => void expected.add(snapshot),
    isWaiting: () => expected.size > 0,
    async refresh() {
      // In this order: with nothing pending, what was expected before and is not among the rows will not come.
      const before = [...expected];
      const pending = await storage.jobs.pending(run);
      const news: Evaluated[] = [];
      for (const row of await storage.rounds.rows(run)) {
        settle(row.aggregateSnapshot, row.accuracyAggregate);
        settle(row.refinedSnapshot, row.accuracyRefined);
        const evaluated = evaluatedOf(row);
        if (evaluated === null || rounds.get(row.round)?.accuracyRefined === evaluated.accuracyRefined)
          continue;
        rounds.set(row.round, evaluated);
        news.push(evaluated);
      }
      if (pending === 0) for (const snapshot of before) expected.delete(snapshot);
      return news;
    },
  };
}

function evaluatedOf(row: RoundRow): Evaluated | null {
  const { round, accuracyAggregate, accuracyRefined } = row;
  const loss = row.lossRefined ?? row.lossAggregate;
  if (accuracyAggregate === null || loss === null) return null;
  return { type: "round-evaluated", round, accuracyAggregate, accuracyRefined, loss };
}
