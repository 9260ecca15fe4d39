/** A running volunteer: its session, and the shell that performs what the session asks for. */
import type { SessionEffect } from "./session/events.ts";
import { createSession, type Session } from "./session/state.ts";
import { sameView, viewOf } from "./session/view.ts";
import { createEventLoop } from "./shell/event-loop.ts";
import { createShell, load, perform, type Shell } from "./shell/perform.ts";
import type { StartVolunteerOptions, Volunteer } from "./types.ts";

/** Starts at once and goes on until `stop`, the run's end, or a failure that no reconnection mends. */
export function startVolunteer(options: StartVolunteerOptions): Volunteer {
  const start = openSession(options);
  let view = viewOf(start);

  const show = (session: Session): void => {
    const shown = viewOf(session);
    if (sameView(view, shown)) return;
    view = shown;
    options.onView(view);
  };
  const dispatch = createEventLoop({
    start,
    perform: (effect: SessionEffect, bytes) => perform(shell, effect, bytes),
    onSettled: show,
  });
  const shell: Shell = createShell(options, dispatch);
  void load(shell);

  return {
    pause: () => dispatch({ type: "pause-requested" }),
    resume: () => dispatch({ type: "resume-requested" }),
    async stop() {
      dispatch({ type: "stop-requested" });
      await shell.disposed;
      await shell.storage.settled();
    },
    view: () => view,
    latestModel: () => shell.download.latest.snapshot?.values ?? null,
  };
}

function openSession({ run, deps }: StartVolunteerOptions): Session {
  const { client, trainer } = deps;
  return createSession({ run, client, backend: trainer.backend, examples: trainer.examples });
}
