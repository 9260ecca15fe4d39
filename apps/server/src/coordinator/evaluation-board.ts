import { isDeepStrictEqual } from "node:util";
import type { Hash, RoundEvaluated, RoundRow } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { Static } from "typebox";

type Evaluated = Static<typeof RoundEvaluated>;
type BoardStorage = {
  readonly jobs: Pick<Storage["jobs"], "pending">;
  readonly rounds: Pick<Storage["rounds"], "rows">;
};

export type EvaluationBoard = {
  /** Every evaluated round so far, in order. */
  history(): readonly Evaluated[];
  /** Waits for the evaluation of a snapshot. */
  expect(snapshot: Hash): void;
  /** A round has closed: what its volunteers measured is stored. */
  noteClosed(): void;
  /** Whether there is something new, or an evaluation is waited for. */
  isWaiting(): boolean;
  /** Reads what volunteers and the compute process have left since. Resolves with the rounds that are new or say more than before. */
  refresh(): Promise<readonly Evaluated[]>;
};

type Board = {
  readonly rounds: Map<number, Evaluated>;
  readonly expected: Set<Hash>;
  /** Whether a round has closed since the last look. */
  closed: boolean;
};

/** How good the run's models are, as volunteers and the compute process say. Empty until it is refreshed. */
export function createEvaluationBoard(storage: BoardStorage, run: string): EvaluationBoard {
  const board: Board = { rounds: new Map(), expected: new Set(), closed: false };
  return {
    history: () => [...board.rounds.values()],
    expect: (snapshot) => void board.expected.add(snapshot),
    noteClosed() {
      board.closed = true;
    },
    isWaiting: () => board.closed || board.expected.size > 0,
    refresh: () => refresh(board, storage, run),
  };
}

async function refresh(board: Board, storage: BoardStorage, run: string): Promise<readonly Evaluated[]> {
  // The order matters: if no job is pending, what was expected before and is not in the rows will never come.
  const before = [...board.expected];
  board.closed = false;
  const pending = await storage.jobs.pending(run);
  const news = (await storage.rounds.rows(run)).flatMap((row) => note(board, row) ?? []);
  if (pending === 0) for (const snapshot of before) board.expected.delete(snapshot);
  return news;
}

/** What a round's row says that was not known; null: nothing. */
function note(board: Board, row: RoundRow): Evaluated | null {
  settle(board, row.aggregateSnapshot, row.lossAggregate);
  settle(board, row.refinedSnapshot, row.lossRefined);
  const evaluated = evaluatedOf(row);
  if (evaluated === null) return null;
  if (isDeepStrictEqual(board.rounds.get(row.round), evaluated)) return null;
  board.rounds.set(row.round, evaluated);
  return evaluated;
}

function settle({ expected }: Board, snapshot: Hash | null, loss: number | null): void {
  if (snapshot === null) return;
  if (loss === null) expected.add(snapshot);
  else expected.delete(snapshot);
}

function evaluatedOf(row: RoundRow): Evaluated | null {
  const { round, figuresAggregate: aggregate, figuresRefined: refined, startRound, federated } = row;
  if (aggregate === null && refined === null && federated === null) return null;
  return { type: "round-evaluated", round, aggregate, refined, startRound, federated };
}
