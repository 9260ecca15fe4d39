/** One participation from Start to Stop. The code that trains and talks to the server is downloaded only at Start. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { needsFigures, type RunSummary } from "@tributary/protocol";
import type { VolunteerView } from "@tributary/volunteer";
import { reasonOf } from "../reason-of.ts";
import type { Participation, ParticipationRequest } from "./participate.ts";
import type { TakenBackend } from "./trainer-client.ts";

export type Work =
  | { readonly phase: "idle" }
  | { readonly phase: "preparing"; readonly step: string }
  /** `viewedAtMs`: when the view was made, by the page's clock. Countdowns run from there. */
  | {
      readonly phase: "active";
      readonly run: RunSummary;
      readonly taken: TakenBackend;
      readonly view: VolunteerView;
      readonly viewedAtMs: number;
    }
  | { readonly phase: "failed"; readonly reason: string };

export type Workbench = {
  readonly work: ReadonlySignal<Work>;
  /** Tensors that the worker held after its newest round; null before the first. */
  readonly tensors: ReadonlySignal<number | null>;
  start(request: ParticipationRequest): Promise<void>;
  pause(): void;
  resume(): void;
  /** Harmless at any time. The page goes on showing what was reached. */
  stop(): Promise<void>;
  /** Back to the choices, after a stop. */
  reset(): void;
};

type Bench = {
  readonly work: Signal<Work>;
  readonly tensors: Signal<number | null>;
  participation: Participation | null;
  /** Grows with each start and each call-off: a start that was called off before it was ready must not begin. */
  attempt: number;
};

export function openWorkbench(): Workbench {
  const bench: Bench = {
    work: signal<Work>({ phase: "idle" }),
    tensors: signal<number | null>(null),
    participation: null,
    attempt: 0,
  };
  return {
    work: bench.work,
    tensors: bench.tensors,
    start: (request) => start(bench, request),
    pause: () => bench.participation?.pause(),
    resume: () => bench.participation?.resume(),
    stop: () => stop(bench),
    reset: () => reset(bench),
  };
}

async function start(bench: Bench, request: ParticipationRequest): Promise<void> {
  bench.attempt += 1;
  const mine = bench.attempt;
  const isWanted = () => bench.attempt === mine;
  try {
    const begun = await begin(bench, request, isWanted);
    if (begun !== null) bench.participation = begun;
  } catch (cause) {
    if (!isWanted()) return;
    bench.work.value = { phase: "failed", reason: reasonOf(cause) };
  }
}

async function begin(
  { work, tensors }: Bench,
  request: ParticipationRequest,
  isWanted: () => boolean,
): Promise<Participation | null> {
  work.value = { phase: "preparing", step: "Downloading the training code" };
  const { participate } = await import("./participate.ts");
  const scaled = await scaledRequest(work, request, isWanted);
  if (scaled === null || !isWanted()) return null;
  work.value = { phase: "preparing", step: "Choosing and checking a backend" };
  return await participate({
    ...scaled,
    isWanted,
    onTensors: (count) => {
      tensors.value = count;
    },
    onView: (view, taken) => {
      if (!isWanted()) return;
      work.value = { phase: "active", run: scaled.run, taken, view, viewedAtMs: Date.now() };
    },
  });
}

/** The request as it is, unless its run has to gather scales first. Null when it is not wanted any more. */
async function scaledRequest(
  work: Signal<Work>,
  request: ParticipationRequest,
  isWanted: () => boolean,
): Promise<ParticipationRequest | null> {
  if (!needsFigures(request.run.plan.task)) return request;
  const { withScales } = await import("./column-scales.ts");
  const onStep = (step: string) => {
    work.value = { phase: "preparing", step };
  };
  return isWanted() ? await withScales(request, { isWanted, onStep }) : null;
}

async function stop(bench: Bench): Promise<void> {
  if (bench.work.value.phase === "preparing") {
    bench.attempt += 1;
    bench.work.value = { phase: "idle" };
    return;
  }
  const stopping = bench.participation;
  bench.participation = null;
  await stopping?.stop();
}

function reset(bench: Bench): void {
  bench.attempt += 1;
  // A participation that ended by itself still holds its workers.
  void bench.participation?.stop();
  bench.participation = null;
  bench.work.value = { phase: "idle" };
}
