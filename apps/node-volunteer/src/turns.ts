/** The volunteers of one process train one after the other: at the same time they would only slow each other down. */
import type { Trainer } from "@tributary/volunteer";

/** Does one piece of work at a time, in the order of the calls. */
export type Turns = { take<T>(work: () => Promise<T>): Promise<T> };

/** A piece of work that fails does not hold up the next one. */
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

/** The same trainer, but it waits for its turn. A training that is called off meanwhile does not start. */
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
