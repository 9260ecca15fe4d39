/** Connects the session, the trainer worker, the socket, the store and the clock. Loaded at Start. */
import type { Dataset } from "@tributary/model";
import type { RunSummary } from "@tributary/protocol";
import {
  createClientMemoryStorage,
  type SessionStore,
  startVolunteer,
  type Volunteer,
  type VolunteerView,
} from "@tributary/volunteer";
import type { BrowserBackend } from "./backend-choice.ts";
import { type Clock, openClock } from "./clock.ts";
import { describeDevice } from "./device.ts";
import { openSlot } from "./open-slot.ts";
import { openWebSocket } from "./socket.ts";
import { openWorkerTrainer, type TakenBackend, type WorkerTrainer } from "./trainer-client.ts";

export type Participation = Pick<Volunteer, "pause" | "resume" | "stop">;

export type ParticipationRequest = {
  readonly run: RunSummary;
  readonly dataset: Dataset;
  /** Names the data: "shard-2", or "own" for a folder of the volunteer's. */
  readonly stream: string;
  /** The only backend to try; null: all of them in order. */
  readonly forced: BrowserBackend | null;
};

export type ParticipationOptions = ParticipationRequest & {
  /** Whether the volunteer still waits for this participation to begin. */
  readonly isWanted: () => boolean;
  readonly onTensors: (count: number) => void;
  readonly onView: (view: VolunteerView, taken: TakenBackend) => void;
};

/** Begins to take part. Null when it is ready too late, and not wanted any more. Rejects when no backend can train. */
export async function participate(options: ParticipationOptions): Promise<Participation | null> {
  const store = await openSlot(options.stream);
  const trainer = await openTrainer(options, store);
  if (!options.isWanted()) {
    await trainer.dispose();
    return null;
  }
  const clock = openClock();
  const volunteer = startVolunteer({
    url: volunteerUrl(location),
    run: options.run.id,
    deps: volunteerDeps(trainer, store, clock),
    onView: (view) => options.onView(view, trainer.taken),
  });
  options.onView(volunteer.view(), trainer.taken);
  return {
    pause: () => volunteer.pause(),
    resume: () => volunteer.resume(),
    stop: async () => {
      await volunteer.stop();
      clock.close();
    },
  };
}

async function openTrainer(options: ParticipationOptions, store: SessionStore): Promise<WorkerTrainer> {
  const { run, dataset, stream, forced, onTensors } = options;
  const memory = createClientMemoryStorage(store, run.id);
  return await openWorkerTrainer({
    dataset,
    plan: run.plan,
    forced,
    onTensors,
    // Two folders are never the same data, so that their seeds must differ.
    source: stream === "own" ? `own-${Math.random().toString(36).slice(2)}` : stream,
    memory: await memory.load(),
    onMemory: memory.save,
  });
}

function volunteerDeps(
  trainer: WorkerTrainer,
  store: SessionStore,
  clock: Clock,
): Parameters<typeof startVolunteer>[0]["deps"] {
  return {
    openSocket: openWebSocket,
    trainer,
    store,
    now: () => performance.now(),
    random: Math.random,
    after: clock.after,
    client: { name: "tributary-web", version: "0.1.0", device: describeDevice(navigator.userAgent) },
  };
}

function volunteerUrl({ protocol, host }: Location): string {
  return `${protocol === "https:" ? "wss" : "ws"}://${host}/api/volunteer`;
}
