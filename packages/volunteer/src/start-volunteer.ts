/**
 * The session's only shell: one event queue, step, perform the effects, feed their results back as events.
 * It decides nothing; it owns the socket, the timer, the bytes of the round's tensors and of the finished update.
 */
import { decodeServerMessage, encodeVolunteerMessage, type Hash } from "@tributary/protocol";
import type { HeardMessage, SessionEffect, SessionEvent } from "./session/events.ts";
import { createSession } from "./session/state.ts";
import { step } from "./session/step.ts";
import { sameView, viewOf } from "./session/view.ts";
import { createSessionStorage } from "./session-storage.ts";
import type { StoredUpdate } from "./stored-update.ts";
import { createTensorDownload } from "./tensor-download.ts";
import { createTrainingRunner, reasonOf } from "./training-runner.ts";
import type { SocketLike, StartVolunteerOptions, Volunteer } from "./types.ts";
import { startUpload } from "./upload.ts";

/** Starts at once and goes on until `stop`, the run's end, or a failure that no reconnection mends. */
export function startVolunteer({ url, run, deps, onView }: StartVolunteerOptions): Volunteer {
  const { trainer } = deps;
  const storage = createSessionStorage(deps.store, run);
  let session = createSession({
    run,
    client: deps.client,
    backend: trainer.backend,
    examples: trainer.examples,
  });
  let view = viewOf(session);

  let open: { readonly connection: number; readonly socket: SocketLike } | null = null;
  let cancelTimer = nothing;
  let endUpload = nothing;
  let held: StoredUpdate | null = null;
  let disposed: Promise<void> | null = null;
  const download = createTensorDownload(dispatch);
  const training = createTrainingRunner(trainer, deps.now, dispatch);

  const queue: { readonly event: SessionEvent; readonly chunk: Uint8Array | null }[] = [];
  let draining = false;

  function dispatch(event: SessionEvent, chunk: Uint8Array | null = null): void {
    queue.push({ event, chunk });
    if (draining) return;
    draining = true;
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { session: after, effects } = step(session, next.event);
        session = after;
        for (const effect of effects) perform(effect, next.chunk);
      }
    } finally {
      draining = false;
    }
    const shown = viewOf(session);
    if (sameView(view, shown)) return;
    view = shown;
    onView(view);
  }

  function perform(effect: SessionEffect, chunk: Uint8Array | null): void {
    switch (effect.type) {
      case "open-socket":
        openSocket(effect.connection);
        break;
      case "close-socket":
        closeSocket(effect.code, effect.reason);
        break;
      case "send":
        open?.socket.send(encodeVolunteerMessage(effect.message));
        break;
      case "arm-timer":
        armTimer(effect.timer, effect.ms);
        break;
      case "disarm-timer":
        cancelTimer();
        break;
      case "save-identity":
        storage.saveIdentity(effect.resumeToken);
        break;
      case "begin-download":
        download.begin(effect.part, effect.tensor);
        break;
      case "keep-chunk":
        if (chunk) download.keep(effect.offset, chunk);
        break;
      case "start-training":
        training.start(effect.training, effect.round, session.plan, {
          snapshot: download.latest("snapshot"),
          control: effect.control === null ? null : download.latest("control"),
        });
        break;
      case "abort-training":
        training.abort();
        break;
      case "persist-update":
        held = training.finished();
        keepUpdate(effect.offer.tensor.hash, held);
        break;
      case "forget-update":
        endUpload();
        held = null;
        storage.forgetUpdate(trainer.settle(effect.round, effect.counted));
        break;
      case "send-update":
        sendUpdate(effect);
        break;
      case "dispose-trainer":
        disposed = training.dispose();
        disposed.catch(nothing);
        break;
      default:
        effect satisfies never;
    }
  }

  function keepUpdate(hash: Hash, update: StoredUpdate | null): void {
    const kept = update === null ? Promise.resolve() : storage.saveUpdate(update);
    void kept.then(() => dispatch({ type: "update-kept", hash }));
  }

  function armTimer(timer: number, ms: number): void {
    cancelTimer();
    cancelTimer = deps.after(ms, () => dispatch({ type: "timer-fired", timer }));
  }

  function openSocket(connection: number): void {
    const closed = (code: number, reason: string): void => {
      if (open?.connection === connection) open = null;
      endUpload();
      dispatch({ type: "socket-closed", connection, code, reason, jitter: deps.random() });
    };
    try {
      const socket = deps.openSocket(url, {
        opened: () => dispatch({ type: "socket-opened", connection }),
        received: (bytes) => receive(connection, bytes),
        closed,
      });
      open = { connection, socket };
    } catch (error) {
      closed(1006, `${url}: ${reasonOf(error)}`);
    }
  }

  /** The other end may never answer the close, so the connection counts as closed from here on. */
  function closeSocket(code: number, reason: string): void {
    if (open === null) return;
    const { connection, socket } = open;
    open = null;
    endUpload();
    socket.close(code, reason.replace(/[^ -~]/g, "?").slice(0, 100));
    dispatch({ type: "socket-closed", connection, code: 1006, reason, jitter: deps.random() });
  }

  function receive(connection: number, bytes: Uint8Array): void {
    if (open?.connection !== connection) return;
    const decoded = decodeServerMessage(bytes);
    if (!decoded.ok) {
      dispatch({ type: "frame-unreadable", connection, detail: decoded.detail });
    } else if (decoded.message.type === "snapshot-chunk") {
      const { bytes: chunk, ...rest } = decoded.message;
      const message: HeardMessage = { ...rest, length: chunk.length };
      dispatch({ type: "message-received", connection, message }, chunk);
    } else {
      dispatch({ type: "message-received", connection, message: decoded.message });
    }
  }

  function sendUpdate(effect: Extract<SessionEffect, { type: "send-update" }>): void {
    endUpload();
    if (open === null || held === null) return;
    const { round, tensor } = effect.offer;
    endUpload = startUpload({
      socket: open.socket,
      round,
      bytes: held.bytes,
      offset: effect.offset,
      chunkBytes: effect.chunkBytes,
      after: deps.after,
      onSent: (sent, chunkBytes) =>
        dispatch({ type: "update-progressed", hash: tensor.hash, sent, chunkBytes }),
    });
  }

  void storage.load().then(({ resumeToken, update }) => {
    held = update;
    dispatch({ type: "loaded", resumeToken, offer: update?.offer ?? null });
  });

  return {
    pause: () => dispatch({ type: "pause-requested" }),
    resume: () => dispatch({ type: "resume-requested" }),
    async stop() {
      dispatch({ type: "stop-requested" });
      await disposed;
      await storage.settled();
    },
    view: () => view,
    latestModel: () => download.latest("snapshot")?.values ?? null,
  };
}

function nothing(): void {}
