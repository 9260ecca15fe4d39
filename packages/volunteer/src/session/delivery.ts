/** The finished update, from the end of its training until the server has committed it or refused it for good. */
import type { Hash, RefusalReason, UpdateOffered } from "@tributary/protocol";
import type { MessageOf } from "./events.ts";
import { inOrder, move, note, noteRefusal, noteTraffic, type Step, say, stay, withdraw } from "./moves.ts";
import type { Delivery, Held, Session } from "./state.ts";

/** Refusals of the transport, not of the update: it may be taken when it is offered again. */
const WORTH_A_RETRY: readonly RefusalReason[] = ["bad-offset", "hash-mismatch", "not-offered"];
const MOST_RETRIES = 3;

/**
 * Holds a finished update and has it stored. It replaces one that the server never answered: that one's round is
 * over.
 */
export function hold(offer: UpdateOffered): (session: Session) => Step {
  return (session) => {
    const old = session.held?.offer;
    const noted = old
      ? noteRefusal(session, old.round, "late", `round ${offer.round} was trained before it was answered`)
      : session;
    const held: Held = { offer, delivery: { phase: "unkept" }, retries: 0 };
    return move({ ...noted, held }, { type: "persist-update", offer });
  };
}

/** The update is stored, so that a reload finds it again: now the server may have it. */
export function offerKept(session: Session, hash: Hash): Step {
  const { held } = session;
  if (held?.offer.tensor.hash !== hash || held.delivery.phase !== "unkept") return stay(session);
  return offerHeld(withDelivery(session, held, { phase: "unoffered" }));
}

/** Offers the held update, unless it is not stored yet, was offered on this connection, or there is no welcome. */
export function offerHeld(session: Session): Step {
  const { held } = session;
  if (held === null || held.delivery.phase !== "unoffered" || session.link.phase !== "greeted")
    return stay(session);
  return say(held.offer)(withDelivery(session, held, { phase: "offered" }));
}

/** The server takes the update's bytes, from the offset that it names. */
export function sendHeld(session: Session, message: MessageOf<"upload-ready">): Step {
  const { held, link } = session;
  if (held?.offer.round !== message.round || link.phase !== "greeted") return stay(session);
  if (held.delivery.phase === "unkept") return stay(session);
  if (message.offset > held.offer.tensor.bytes)
    return retryOrDrop(session, held, "bad-offset", `${message.offset}`);
  return move(withDelivery(session, held, { phase: "sending", sent: message.offset }), {
    type: "send-update",
    offer: held.offer,
    offset: message.offset,
    chunkBytes: link.chunkBytes,
  });
}

/** The socket took another chunk of an update; `sent` is the offset after it. */
export function progressHeld(session: Session, hash: Hash, sent: number, chunkBytes: number): Step {
  const counted = noteTraffic(session, chunkBytes, 0);
  const { held } = session;
  if (held?.offer.tensor.hash !== hash || held.delivery.phase !== "sending") return stay(counted);
  return stay(withDelivery(counted, held, { phase: "sending", sent }));
}

/** The server has committed the update. */
export function acknowledgeHeld(session: Session, message: MessageOf<"update-acknowledged">): Step {
  const { held } = session;
  if (held?.offer.round !== message.round || held.offer.tensor.hash !== message.hash) return stay(session);
  return settleCounted(session, held);
}

/** Handles a refusal of the held update; null for a refusal of something else. */
export function refuseHeld(session: Session, message: MessageOf<"update-refused">): Step | null {
  const { held } = session;
  if (held?.offer.round !== message.round || message.reason === "unknown-snapshot") return null;
  return retryOrDrop(session, held, message.reason, message.detail);
}

/** When the held update's round closes, whether it counted is the last word on it. */
export function closeHeld(session: Session, message: MessageOf<"round-closed">): Step {
  const { held } = session;
  if (held?.offer.round !== message.round) return stay(session);
  if (message.counted) return settleCounted(session, held);
  return settle(
    noteRefusal(session, message.round, "late", "the round closed before the update was in"),
    held,
    false,
  );
}

function retryOrDrop(session: Session, held: Held, reason: RefusalReason, detail: string): Step {
  const noted = noteRefusal(session, held.offer.round, reason, detail);
  if (!WORTH_A_RETRY.includes(reason) || held.retries >= MOST_RETRIES) return settle(noted, held, false);
  const { offer, delivery, retries } = held;
  const again: Delivery = delivery.phase === "unkept" ? delivery : { phase: "unoffered" };
  return offerHeld({ ...noted, held: { offer, delivery: again, retries: retries + 1 } });
}

function settleCounted(session: Session, held: Held): Step {
  const { contribution } = session.record;
  const counted = note(session, {
    contribution: {
      ...contribution,
      rounds: contribution.rounds + 1,
      examples: contribution.examples + held.offer.examples,
    },
  });
  return settle({ ...counted, confusions: 0 }, held, true);
}

/**
 * The last word on the held update: `counted` or not, it is forgotten. A pause that was requested during the delivery
 * leaves the round only now, since the server would have dropped the update with the round.
 */
function settle(session: Session, held: Held, counted: boolean): Step {
  return inOrder(
    { ...session, held: null },
    (settled) => {
      const { round, tensor } = held.offer;
      return move(settled, { type: "forget-update", hash: tensor.hash, round, counted });
    },
    (settled) => (settled.paused ? withdraw(settled) : stay(settled)),
  );
}

function withDelivery(session: Session, held: Held, delivery: Delivery): Session {
  return { ...session, held: { ...held, delivery } };
}
