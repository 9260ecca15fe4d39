import type { ServerMessage, VolunteerId } from "@tributary/protocol";

/** The way to one connected volunteer. */
export type Connection = {
  deliver(message: ServerMessage): void;
  /** The same volunteer came with a newer connection. */
  replaced(): void;
};

/** How far a volunteer's local training is, with the mean loss so far. */
export type Training = {
  readonly round: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
};

/** A connected volunteer. */
export type Member = {
  readonly volunteer: VolunteerId;
  readonly connection: Connection;
  /** Examples that one local epoch trains on; null: not available. */
  examples: number | null;
  /** The round that this connection was asked in last; 0: none. */
  asked: number;
  training: Training | null;
};

export type Roster = {
  /** Takes the place of an older connection of the same volunteer. */
  add(volunteer: VolunteerId, connection: Connection): Member;
  /** Returns false if a newer connection has taken its place. */
  remove(member: Member): boolean;
  find(volunteer: VolunteerId): Member | undefined;
  members(): Iterable<Member>;
  /** Those who may be asked in the next round. */
  available(): readonly VolunteerId[];
  /** Delivers a message to everybody who is connected. */
  broadcast(message: ServerMessage): void;
};

/** An empty roster of those who are connected to a run: one connection for each volunteer. */
export function createRoster(): Roster {
  const members = new Map<VolunteerId, Member>();
  return {
    add(volunteer, connection) {
      const older = members.get(volunteer);
      const examples = older?.examples ?? null;
      const member: Member = { volunteer, connection, examples, asked: 0, training: null };
      members.set(volunteer, member);
      older?.connection.replaced();
      return member;
    },
    remove(member) {
      if (members.get(member.volunteer) !== member) return false;
      return members.delete(member.volunteer);
    },
    find: (volunteer) => members.get(volunteer),
    members: () => members.values(),
    available: () => [...members.values()].filter((m) => m.examples !== null).map((m) => m.volunteer),
    broadcast(message) {
      for (const member of members.values()) member.connection.deliver(message);
    },
  };
}
