/**
 * One round of this volunteer: its tensors are fetched and checked, then it is trained. At most one training runs at
 * a time.
 */
import { closeHeld, hold, offerHeld, refuseHeld } from "./delivery.ts";
import type { EventOf, MessageOf } from "./events.ts";
import {
  announce,
  callOff,
  fail,
  hangUp,
  inOrder,
  move,
  note,
  noteRefusal,
  noteTraffic,
  type Step,
  say,
  stay,
  withdraw,
} from "./moves.ts";
import type { RoundPart, RoundTensors, Session, Task } from "./state.ts";

const MOST_FAILURES = 3;
const MOST_CONFUSIONS = 5;

/** The server asks for this round. A held update of the same round and snapshot answers it without a training. */
export function openRound(session: Session, message: MessageOf<"round-opened">): Step {
  const { round, snapshot, control } = message;
  const { held, task } = session;
  if (held?.offer.round === round && held.offer.snapshot === snapshot.hash) return offerHeld(session);
  if (session.paused) return say({ type: "unavailable" })(session);
  if (task.phase !== "none" && task.round === round && task.snapshot.hash === snapshot.hash)
    return stay(session);
  return inOrder(session, callOff, fetchNext({ round, snapshot, control }));
}

/**
 * Fetches the first tensor that the round needs and that is not here, the snapshot before the control variate. Trains
 * when none is missing.
 */
function fetchNext(tensors: RoundTensors): (session: Session) => Step {
  const { round, snapshot, control } = tensors;
  return (session) => {
    const part = (["snapshot", "control"] as const).find((each) => isMissing(session, tensors, each));
    const tensor = part === "control" ? control : snapshot;
    if (part === undefined || tensor === null)
      return inOrder(session, become({ phase: "ready", round, snapshot, control }), trainWhenFree);
    return inOrder(
      session,
      become({ phase: "downloading", round, snapshot, control, part, tensor, received: 0, broken: 0 }),
      (present) => move(present, { type: "begin-download", part, tensor }),
      requestTensor,
    );
  };
}

function isMissing({ present }: Session, tensors: RoundTensors, part: RoundPart): boolean {
  const tensor = tensors[part];
  return tensor !== null && present[part] !== tensor.hash;
}

/** Asks for the bytes of the tensor that are missing: all of them at first, the rest after a lost connection. */
export function requestTensor(session: Session): Step {
  const { task } = session;
  if (task.phase !== "downloading") return stay(session);
  return say({ type: "snapshot-requested", hash: task.tensor.hash, offset: task.received })(session);
}

/**
 * Keeps a chunk that goes on where the last one ended. One that begins earlier came twice; one further on is a
 * confusion.
 */
export function keepChunk(session: Session, message: MessageOf<"snapshot-chunk">): Step {
  const { task } = session;
  if (task.phase !== "downloading" || task.tensor.hash !== message.hash) return stay(session);
  if (message.offset < task.received) return stay(session);
  const received = message.offset + message.length;
  if (message.offset > task.received || received > task.tensor.bytes) {
    const expected = `expected bytes ${task.received} to ${task.tensor.bytes}`;
    return confuse(`${expected} of the snapshot, got ${message.offset} to ${received}`)(session);
  }
  const kept: Session = { ...noteTraffic(session, 0, message.length), task: { ...task, received } };
  return move(kept, { type: "keep-chunk", hash: message.hash, offset: message.offset });
}

/** A tensor is here whole and has the right hash. */
export function acceptTensor(session: Session, event: EventOf<"tensor-verified">): Step {
  const { task } = session;
  const kept: Session = { ...session, present: { ...session.present, [event.part]: event.hash } };
  if (task.phase !== "downloading" || task.tensor.hash !== event.hash) return stay(kept);
  return fetchNext(task)(kept);
}

/**
 * A tensor came with the wrong hash, or cannot be one. It is fetched again; after the third time over a new
 * connection.
 */
export function retryDownload(session: Session, event: EventOf<"tensor-broken">): Step {
  const { task } = session;
  if (task.phase !== "downloading" || task.tensor.hash !== event.hash) return stay(session);
  const broken = task.broken + 1;
  if (broken >= MOST_FAILURES) return inOrder(session, callOff, confuse(event.detail));
  return inOrder(
    session,
    become({ ...task, received: 0, broken }),
    (present) => move(present, { type: "begin-download", part: task.part, tensor: task.tensor }),
    requestTensor,
  );
}

/** A batch is trained. A loss that is not finite is shown but not sent: no message can carry it. */
export function progressTraining(session: Session, event: EventOf<"training-progressed">): Step {
  const { task } = session;
  if (task.phase !== "training" || task.training !== event.training) return stay(session);
  const { batch, batches, loss } = event;
  const progressed: Session = { ...session, task: { ...task, batch, batches } };
  if (!Number.isFinite(loss)) return stay(progressed);
  return say({ type: "training-progressed", round: task.round, batch, batches, loss })(progressed);
}

/** A training has ended well: its update is held. After one that was called off, the round that waits is trained. */
export function finishTraining(session: Session, event: EventOf<"training-finished">): Step {
  const { task } = session;
  if (session.busy !== event.training) return stay(session);
  const free: Session = { ...session, busy: null };
  if (task.phase !== "training" || task.training !== event.training) return trainWhenFree(free);
  const { round, loss, accuracy } = event.offer;
  const local = [...session.record.local, { round, loss, accuracy }];
  return inOrder({ ...note(free, { local }), failures: 0 }, become({ phase: "none" }), hold(event.offer));
}

/**
 * A training has failed: leaves the round, or gives up after the third in a row. One that was called off may fail
 * too.
 */
export function failTraining(session: Session, event: EventOf<"training-failed">): Step {
  const { task } = session;
  if (session.busy !== event.training) return stay(session);
  const free: Session = { ...session, busy: null };
  if (task.phase !== "training" || task.training !== event.training) return trainWhenFree(free);
  const failures = session.failures + 1;
  const idle: Session = { ...free, failures, task: { phase: "none" } };
  if (failures >= MOST_FAILURES) return fail(`training failed ${failures} times: ${event.detail}`)(idle);
  return leaveRound(noteRefusal(idle, task.round, "training-failed", event.detail));
}

/** The server refuses the held update, or the tensor that was asked for. */
export function refuse(session: Session, message: MessageOf<"update-refused">): Step {
  const heldRefused = refuseHeld(session, message);
  if (heldRefused !== null) return heldRefused;
  const { task } = session;
  if (task.phase !== "downloading" || task.round !== message.round) return stay(session);
  return callOff(noteRefusal(session, message.round, message.reason, message.detail));
}

/** A round is over: ends the delivery of its update and the work on it. */
export function closeRound(session: Session, message: MessageOf<"round-closed">): Step {
  const { task } = session;
  const mine = task.phase !== "none" && task.round === message.round;
  return inOrder(
    session,
    (present) => closeHeld(present, message),
    (present) => {
      if (message.outcome === "aggregated") return stay(present);
      return stay(noteRefusal(present, message.round, "abandoned", "the round ended without enough updates"));
    },
    (present) => {
      if (!mine) return stay(present);
      const late = noteRefusal(
        present,
        message.round,
        "late",
        "the round closed before the training was done",
      );
      return callOff(message.outcome === "aggregated" ? late : present);
    },
  );
}

/**
 * The server sent something that makes no sense. Tries again over a new connection, and gives up after the fifth
 * time.
 */
export function confuse(detail: string): (session: Session) => Step {
  return (session) => {
    const confusions = session.confusions + 1;
    if (confusions >= MOST_CONFUSIONS) return fail(`the server cannot be understood: ${detail}`)(session);
    return hangUp(4400, detail.slice(0, 100))({ ...session, confusions });
  };
}

/** Leaves the round, so that the server need not wait for this volunteer, and is available for the next one. */
function leaveRound(session: Session): Step {
  return inOrder(session, withdraw, announce);
}

function trainWhenFree(session: Session): Step {
  const { task, plan } = session;
  if (task.phase !== "ready" || session.busy !== null || plan === null) return stay(session);
  const training = session.lastId + 1;
  const { round, snapshot, control } = task;
  return move(
    {
      ...session,
      lastId: training,
      busy: training,
      task: { phase: "training", round, snapshot, control, training, batch: 0, batches: 0 },
    },
    {
      type: "start-training",
      training,
      round,
      plan,
      snapshot: snapshot.hash,
      control: control?.hash ?? null,
    },
  );
}

function become(task: Task): (session: Session) => Step {
  return (session) => stay({ ...session, task });
}
