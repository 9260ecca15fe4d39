/** What a volunteer in a test runs with: a store, timers and a trainer that the test can steer. */
import { expect, vi } from "vitest";
import { createMemoryStore } from "../src/memory-store.ts";
import type { SessionStore, Trainer, TrainingResult, VolunteerDeps } from "../src/types.ts";
import type { ScriptedServer } from "./scripted-server.ts";

/** Waits until the check passes, at most 45 s. Fails with the last failure of the check. */
export function eventually(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 45_000, interval: 5 });
}

function nothing(): void {}

/** Timers of less than a second fire at once. Longer ones, such as heartbeats, never fire. */
export const soon: VolunteerDeps["after"] = (ms, run) => {
  if (ms >= 1000) return () => undefined;
  const timer = setTimeout(run, 0);
  return () => clearTimeout(timer);
};

/** What a volunteer in a test is given. Its clock stands still, and it has no randomness. */
export function depsOf(
  { openSocket }: Pick<ScriptedServer, "openSocket">,
  trainer: Trainer,
  store: SessionStore = createMemoryStore(),
): VolunteerDeps {
  return {
    openSocket,
    trainer,
    store,
    now: () => 0,
    random: () => 0,
    after: soon,
    client: { name: "test", version: "1", device: "memory" },
  };
}

/** Adds a quarter to every parameter when the test calls `finish`, and takes no notice of aborts. */
export function stubbornTrainer() {
  const state = { trainings: 0, running: 0, disposed: false, finish: nothing };
  const trainer: Trainer = {
    examples: 30,
    backend: "cpu",
    train: ({ start }) =>
      new Promise<TrainingResult>((resolve) => {
        state.trainings += 1;
        state.running += 1;
        state.finish = () => {
          state.running -= 1;
          const trained = start.map((value) => value + 0.25);
          const optimizerState = { kind: "sgd" } as const;
          resolve({
            parameters: trained,
            optimizerState,
            loss: 1,
            accuracy: 0.5,
            examples: 30,
            batches: 4,
            meanGradient: null,
            controlDelta: null,
            evaluation: null,
          });
        };
      }),
    settle: async () => undefined,
    dispose: async () => {
      expect(state.running).toBe(0);
      state.disposed = true;
    },
  };
  return { trainer, state };
}
