/** Lets several volunteers of one process train one after the other: together they would only slow each other. */
import type { Trainer } from "@tributary/volunteer";

export type Turns = { take<T>(work: () => Promise<T>): Promise<T> };

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    take(work) {
      const done = last.then(work);
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** The trainer, waiting for its turn. One that is called off while it waits never starts. */
export function inTurn(trainer: Trainer, turns: Turns): Trainer {
  return {
    examples: trainer.examples,
    backend: trainer.backend,
    train: (request) =>
      turns.take(() => {
        request.signal.throwIfAborted();
        return trainer.train(request);
      }),
    settle: (round, counted) => trainer.settle(round, counted),
    dispose: () => trainer.dispose(),
  };
}
