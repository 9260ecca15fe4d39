/** Time and the log, handed in by whoever builds the server, so that a test can control them. */
export type Runtime = {
  /** The time of day, in ms since 1970; it may jump. */
  readonly nowMs: () => number;
  /** Ms since some moment of this process; it never goes back, and no change of the time of day moves it. */
  readonly monotonicMs: () => number;
  /** Runs once after `ms`; returns the way to cancel. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Gives waiting sockets and timers their turn between two pieces of work. */
  readonly yieldToEvents: () => Promise<void>;
  readonly log: Log;
};

/** The part of pino that is used here. */
export type Log = {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
};

/** Real time. Timers do not keep the process alive. */
export function realRuntime(log: Log): Runtime {
  return {
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms).unref();
      return () => clearTimeout(timer);
    },
    yieldToEvents: () => new Promise((resolve) => setImmediate(resolve)),
    log,
  };
}

/** Resolves after `ms` milliseconds of that runtime's time. */
export function wait(deps: Runtime, ms: number): Promise<void> {
  return new Promise((resolve) => void deps.after(ms, resolve));
}

/** A promise, and the function that resolves it. */
export function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}
