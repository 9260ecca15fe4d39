/** Before a run that leaves scales open can train: sends the figures of this device's columns, and waits for the others'. */
import { columnStatistics, rescaled } from "@tributary/datasets/tables";
import { needsFigures, type RunSummary } from "@tributary/protocol";
import type { SessionStore } from "@tributary/volunteer";
import { type Answer, getJson, postJson } from "../api.ts";
import { plural } from "../ui/format.ts";
import { type Clock, openClock } from "./clock.ts";
import { openSlot } from "./open-slot.ts";
import type { ParticipationRequest } from "./participate.ts";

const ASK_EVERY_MS = 3000;

export type ScalesOptions = {
  /** Whether the volunteer still waits for the scales. */
  readonly isWanted: () => boolean;
  /** Says in words what is waited for. */
  readonly onStep: (step: string) => void;
};

/**
 * The request with the run's complete plan, and its rows standardised by it. Null when it is not wanted any more. Rejects
 * when the data are no rows, or when the server does not answer or refuses.
 */
export async function withScales(
  request: ParticipationRequest,
  options: ScalesOptions,
): Promise<ParticipationRequest | null> {
  const known = await currentRun(request.run.id);
  const run = needsFigures(known.plan.task) ? await gathered(request, options) : known;
  return run === null || !options.isWanted() ? null : standardised(request, run);
}

/** Sends the figures, then asks for the run until it has every scale. The clock also rings in a hidden tab. */
async function gathered(
  request: ParticipationRequest,
  { isWanted, onStep }: ScalesOptions,
): Promise<RunSummary | null> {
  await sendFigures(request);
  const clock = openClock();
  try {
    while (isWanted()) {
      const run = await currentRun(request.run.id);
      if (!needsFigures(run.plan.task)) return run;
      if (isWanted()) onStep(waitingWords(run));
      await pause(clock);
    }
    return null;
  } finally {
    clock.close();
  }
}

async function sendFigures({ run, dataset, stream }: ParticipationRequest): Promise<void> {
  const { task } = run.plan;
  if (task.kind === "image-classification" || dataset.kind === "images") {
    throw new Error("this run needs the rows of a table");
  }
  const figures = columnStatistics(task, dataset);
  const contributor = await contributorOf(await openSlot(stream), run.id);
  taken(await postJson("/api/runs/:run/statistics", { contributor, figures }, { run: run.id }));
}

/** Random, and another one for each run, so that figures cannot be traced from run to run. Kept to be counted once. */
async function contributorOf(store: SessionStore, run: string): Promise<string> {
  const key = `contributor/${run}`;
  const known = await store.load(key);
  if (known !== null) return new TextDecoder().decode(known);
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  await store.save(key, new TextEncoder().encode(made));
  return made;
}

async function currentRun(run: string): Promise<RunSummary> {
  return taken(await getJson("/api/runs/:run", { run }));
}

function waitingWords({ activity }: RunSummary): string {
  const missing = activity.state === "waiting" ? activity.needed - activity.available : 0;
  return `waiting for the figures of ${plural(missing, "more volunteer")}`;
}

function standardised(request: ParticipationRequest, run: RunSummary): ParticipationRequest {
  const [before, after] = [request.run.plan.task, run.plan.task];
  const { dataset } = request;
  if (before.kind === "image-classification" || after.kind === "image-classification") return request;
  if (dataset.kind === "images") return request;
  return { ...request, run, dataset: rescaled(dataset, before, after) };
}

function pause(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ASK_EVERY_MS, resolve);
  });
}

function taken<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.error}: ${answer.detail}`);
}
