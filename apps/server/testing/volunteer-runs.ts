/** For tests: runs on a test server, and volunteers that are connected to them. */
import type { Plan } from "@tributary/protocol";
import { testPlan } from "@tributary/rounds/testing";
import type { Coordinator } from "../src/coordinator/coordinator.ts";
import { connectVolunteer, join, type RawVolunteer } from "./test-volunteer.ts";
import type { TestServer } from "./volunteer-server.ts";

/** Values in the model of every run here. */
export const parameters = 1000;

/** An update whose values are all the same. */
export function delta(value: number, length = parameters): Float32Array {
  return new Float32Array(length).fill(value);
}

/** A plan of three rounds of one to three volunteers, with time enough. */
export function plan({ rounds = 3, ...cohort }: Partial<Plan["cohort"]> & { rounds?: number }): Plan {
  return testPlan({ rounds, cohort: { minimum: 1, size: 3, quorum: 1, deadlineMs: 600_000, ...cohort } });
}

export type TestRuns = {
  /** A started run of its own. */
  newRun(
    choice: Parameters<typeof plan>[0],
    strategy?: Plan["strategy"],
  ): Promise<{ readonly name: string; readonly coordinator: Coordinator }>;
  /** Volunteers that are available in the run. */
  joined(name: string, count: number): Promise<RawVolunteer[]>;
  /** The first value of a round's aggregate; null: there is none. */
  aggregateValue(name: string, round: number): Promise<number | null>;
};

/** `server`: asked at each use, since a test starts it later. */
export function runsOn(server: () => TestServer): TestRuns {
  let count = 0;
  return {
    async newRun(choice, strategy = { kind: "fedavg" }) {
      count += 1;
      const name = `run-${count}`;
      return { name, coordinator: await server().run(name, { ...plan(choice), strategy }, parameters) };
    },
    async joined(name, count) {
      const { url } = server();
      const volunteers = await Promise.all(Array.from({ length: count }, () => connectVolunteer(url)));
      for (const volunteer of volunteers) await join(volunteer, name);
      return volunteers;
    },
    async aggregateValue(name, round) {
      const { snapshots } = server().storage;
      const listed = await snapshots.list(name);
      const aggregate = listed.find((snapshot) => snapshot.round === round && snapshot.kind === "aggregate");
      const stored = aggregate && (await snapshots.byHash(name, aggregate.hash));
      return stored ? (new Float32Array(stored.parameters.slice().buffer)[0] ?? null) : null;
    },
  };
}
