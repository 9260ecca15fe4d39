import type { VolunteerId } from "@tributary/protocol";
import type { Traffic } from "@tributary/storage";

/** Bytes of each volunteer since they were stored last. */
export type TrafficMeter = {
  count(volunteer: VolunteerId, bytesUp: number, bytesDown: number): void;
  read(): readonly Traffic[];
  /** Subtracts what was read, once it is stored. */
  settle(stored: readonly Traffic[]): void;
};

/** A meter that has counted nothing yet. */
export function createTrafficMeter(): TrafficMeter {
  const bytes = new Map<VolunteerId, Traffic>();
  const count = (volunteer: VolunteerId, bytesUp: number, bytesDown: number) => {
    const before = bytes.get(volunteer) ?? { volunteer, bytesUp: 0, bytesDown: 0 };
    bytes.set(volunteer, {
      volunteer,
      bytesUp: before.bytesUp + bytesUp,
      bytesDown: before.bytesDown + bytesDown,
    });
  };
  return {
    count,
    read: () => [...bytes.values()],
    settle(stored) {
      for (const { volunteer, bytesUp, bytesDown } of stored) {
        count(volunteer, -bytesUp, -bytesDown);
        const rest = bytes.get(volunteer);
        if (rest?.bytesUp === 0 && rest.bytesDown === 0) bytes.delete(volunteer);
      }
    },
  };
}
