/** Joins the session, the trainer worker, the socket, the store and the clock. Loaded at Start. */
import {
  createMemoryStorage,
  startVolunteer,
  type Volunteer,
  type VolunteerView,
} from "@tributary/volunteer";
import { openClock } from "./clock.ts";
import { describeDevice } from "./device.ts";
import { openWebSocket } from "./socket.ts";
import { createMemoryStore, openStore } from "./store.ts";
import { claimSlot, withPrefix } from "./store-slot.ts";
import { openWorkerTrainer, type TakenBackend } from "./trainer-client.ts";
import type { WorkRequest } from "./workbench.ts";

export type Participation = Pick<Volunteer, "pause" | "resume" | "stop">;

/** Null when nobody wants it any more once it is ready. Rejects when no backend can train. */
export async function participate(
  options: WorkRequest & {
    readonly isWanted: () => boolean;
    readonly onTensors: (count: number) => void;
    readonly onView: (view: VolunteerView, taken: TakenBackend) => void;
  },
): Promise<Participation | null> {
  const [storage, slot] = await Promise.all([
    openStore().catch(() => createMemoryStore()),
    claimSlot(options.stream),
  ]);
  const store = withPrefix(storage, slot);
  const memory = createMemoryStorage(store, options.run.id);
  const trainer = await openWorkerTrainer({
    ...options,
    source: options.stream === "own" ? `own-${Math.random().toString(36).slice(2)}` : options.stream,
    memory: await memory.load(),
    onMemory: memory.save,
  });
  if (!options.isWanted()) {
    await trainer.dispose();
    return null;
  }

  const clock = openClock();
  const { protocol, host } = location;
  const volunteer = startVolunteer({
    url: `${protocol === "https:" ? "wss" : "ws"}://${host}/api/volunteer`,
    run: options.run.id,
    deps: {
      openSocket: openWebSocket,
      trainer,
      store,
      now: () => performance.now(),
      random: Math.random,
      after: clock.after,
      client: { name: "tributary-web", version: "0.1.0", device: describeDevice(navigator.userAgent) },
    },
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
