/** One participation from Start to Stop. What it needs to train and to talk is downloaded only then. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Dataset } from "@tributary/model";
import type { RunSummary } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import type { BrowserBackend } from "./backend-choice.ts";
import type { Participation } from "./participate.ts";
import type { TakenBackend } from "./trainer-client.ts";

export type Work =
  | { readonly is: "idle" }
  | { readonly is: "preparing"; readonly step: string }
  /** `viewedAtMs`: when the view was made, by the page's clock, for countdowns. */
  | {
      readonly is: "active";
      readonly run: RunSummary;
      readonly taken: TakenBackend;
      readonly view: VolunteerView;
      readonly viewedAtMs: number;
    }
  | { readonly is: "failed"; readonly reason: string };

export type WorkRequest = {
  readonly run: RunSummary;
  readonly dataset: Dataset;
  readonly stream: string;
  readonly forced: BrowserBackend | null;
};

export type Workbench = {
  readonly work: ReadonlySignal<Work>;
  /** Tensors that the worker held after its newest round. */
  readonly tensors: ReadonlySignal<number | null>;
  start(request: WorkRequest): Promise<void>;
  pause(): void;
  resume(): void;
  /** Harmless at any time; leaves what was reached on the page. */
  stop(): Promise<void>;
  /** Back to the choices, after a stop. */
  reset(): void;
};

export function openWorkbench(): Workbench {
  const work = signal<Work>({ is: "idle" });
  const tensors = signal<number | null>(null);
  let participation: Participation | null = null;
  /** A start that was stopped before it was ready must not begin afterwards. */
  let attempt = 0;

  return {
    work,
    tensors,
    async start(request) {
      attempt += 1;
      const mine = attempt;
      work.value = { is: "preparing", step: "downloading what training needs" };
      try {
        const { participate } = await import("./participate.ts");
        work.value = { is: "preparing", step: "choosing and checking a backend" };
        const begun = await participate({
          ...request,
          isWanted: () => attempt === mine,
          onTensors: (count) => {
            tensors.value = count;
          },
          onView: (view, taken) => {
            if (attempt !== mine) return;
            work.value = { is: "active", run: request.run, taken, view, viewedAtMs: Date.now() };
          },
        });
        if (begun !== null) participation = begun;
      } catch (cause) {
        if (attempt !== mine) return;
        work.value = { is: "failed", reason: cause instanceof Error ? cause.message : String(cause) };
      }
    },
    pause: () => participation?.pause(),
    resume: () => participation?.resume(),
    async stop() {
      if (work.value.is === "preparing") {
        attempt += 1;
        work.value = { is: "idle" };
        return;
      }
      const stopping = participation;
      participation = null;
      await stopping?.stop();
    },
    reset() {
      attempt += 1;
      // What ended by itself still holds its workers.
      void participation?.stop();
      participation = null;
      work.value = { is: "idle" };
    },
  };
}
