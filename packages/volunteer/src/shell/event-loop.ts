/** Takes the session from event to event. The only place that holds its state. */
import type { SessionEffect, SessionEvent } from "../session/events.ts";
import type { Session } from "../session/state.ts";
import { step } from "../session/step.ts";

/**
 * Reports what happened. `bytes` are the weights that came with it, those of a chunk or of a finished update. The
 * session never sees them; the effects that it asks for in answer get them.
 */
export type Dispatch = (event: SessionEvent, bytes?: Uint8Array) => void;

/** Where the session starts, and who performs and watches. */
export type EventLoopOptions = {
  readonly start: Session;
  /** Performs one effect. `bytes` are those of the event that led to it, if it came with some. */
  readonly perform: (effect: SessionEffect, bytes: Uint8Array | null) => void;
  /** Called with the session when no event is waiting any more. */
  readonly onSettled: (session: Session) => void;
};

/**
 * Events are taken one at a time, in the order in which they were reported, and the effects of each are performed
 * before the next is taken. An effect may report events of its own: they wait for their turn.
 */
export function createEventLoop({ start, perform, onSettled }: EventLoopOptions): Dispatch {
  const waiting: { readonly event: SessionEvent; readonly bytes: Uint8Array | null }[] = [];
  let session = start;
  let busy = false;

  function takeAll(): void {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { session: after, effects } = step(session, next.event);
      session = after;
      for (const effect of effects) perform(effect, next.bytes);
    }
  }

  return (event, bytes) => {
    waiting.push({ event, bytes: bytes ?? null });
    if (busy) return;
    busy = true;
    try {
      takeAll();
    } finally {
      busy = false;
    }
    onSettled(session);
  };
}
