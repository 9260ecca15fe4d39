/** GET /metrics in the Prometheus text format. Counts come from the database, so that a restart loses none. */
import type { Figures, RoundRow } from "@tributary/protocol";
import type { Storage } from "@tributary/storage";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { LiveRuns } from "../coordinator/live-runs.ts";

export type MetricsDeps = {
  readonly storage: Storage;
  readonly live: LiveRuns;
};

export function registerMetrics(app: FastifyInstance, deps: MetricsDeps): void {
  const register = new Registry();
  collectDefaultMetrics({ register, prefix: "tributary_" });
  const gauges = runGauges(register);
  const requests = new Histogram({
    name: "tributary_http_request_seconds",
    help: "Time to answer an HTTP request",
    labelNames: ["method", "route", "status"],
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
    registers: [register],
  });

  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "unknown";
    requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get("/metrics", async (_, reply) => {
    await measureRuns(gauges, deps);
    return reply
      .type(register.contentType)
      .header("cache-control", "no-store")
      .send(await register.metrics());
  });
  app.addHook("onClose", async () => register.clear());
}

type RunGauges = ReturnType<typeof runGauges>;

function runGauges(register: Registry) {
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name: `tributary_${name}`, help, labelNames: [...labelNames], registers: [register] });
  return {
    rounds: gauge("rounds", "Rounds by outcome", ["run", "outcome"]),
    updates: gauge("updates", "Updates that were acknowledged", ["run"]),
    refused: gauge("updates_refused", "Updates that were refused", ["run"]),
    bytes: gauge("update_bytes", "Bytes over the volunteers' sockets", ["run", "direction"]),
    accuracy: gauge("accuracy", "Newest accuracy on the test images, 0 to 1", ["run", "stage"]),
    figures: gauge("figure", "Newest figures of a model on the server's test set, or federated", [
      "run",
      "stage",
      "figure",
    ]),
    federated: gauge("federated", "How even the newest model is over its volunteers, by the headline", [
      "run",
      "figure",
    ]),
    roundSeconds: gauge("round_seconds", "Duration of the newest round that was aggregated", ["run"]),
    connected: gauge("volunteers_connected", "Volunteers connected to this server", ["run"]),
    available: gauge("volunteers_available", "Connected volunteers that can be asked", ["run"]),
    jobs: gauge("jobs_pending", "Jobs queued or at work", ["run"]),
    synthesis: gauge("synthesis_seconds", "Time spent on the newest synthesis", ["run"]),
  };
}

/** Sets every gauge anew; a run that is gone leaves none behind. */
async function measureRuns(gauges: RunGauges, { storage, live }: MetricsDeps): Promise<void> {
  const runs = await storage.runs.list();
  const measured = await Promise.all(
    runs.map(async ({ id: run }) => ({
      run,
      rounds: await storage.rounds.rows(run),
      pending: await storage.jobs.pending(run),
      synthesis: await storage.jobs.latestSynthesis(run),
    })),
  );
  for (const gauge of Object.values(gauges)) gauge.reset();
  for (const { run, rounds, pending, synthesis } of measured) {
    measureRounds(gauges, run, rounds);
    gauges.jobs.set({ run }, pending);
    if (synthesis?.progress) gauges.synthesis.set({ run }, synthesis.progress.ms / 1000);
    const volunteers = live.find(run)?.volunteers ?? [];
    gauges.connected.set({ run }, volunteers.length);
    gauges.available.set({ run }, volunteers.filter(({ available }) => available).length);
  }
}

function measureRounds(gauges: RunGauges, run: string, rounds: readonly RoundRow[]): void {
  const total = (of: (row: RoundRow) => number) => rounds.reduce((sum, row) => sum + of(row), 0);
  for (const outcome of ["open", "aggregated", "abandoned"] as const) {
    gauges.rounds.set({ run, outcome }, rounds.filter((row) => row.outcome === outcome).length);
  }
  gauges.updates.set(
    { run },
    total(({ participants }) => participants),
  );
  gauges.refused.set(
    { run },
    total(({ refused }) => refused),
  );
  gauges.bytes.set(
    { run, direction: "up" },
    total(({ bytesUp }) => bytesUp),
  );
  gauges.bytes.set(
    { run, direction: "down" },
    total(({ bytesDown }) => bytesDown),
  );

  const aggregate = rounds.findLast(({ accuracyAggregate }) => accuracyAggregate !== null)?.accuracyAggregate;
  if (aggregate != null) gauges.accuracy.set({ run, stage: "aggregate" }, aggregate);
  const refined = rounds.findLast(({ accuracyRefined }) => accuracyRefined !== null)?.accuracyRefined;
  if (refined != null) gauges.accuracy.set({ run, stage: "refined" }, refined);
  measureFigures(gauges, run, rounds);
  const ms = rounds.findLast((row) => row.outcome === "aggregated")?.ms;
  if (ms != null) gauges.roundSeconds.set({ run }, ms / 1000);
}

function measureFigures(gauges: RunGauges, run: string, rounds: readonly RoundRow[]): void {
  const newest = <T>(of: (row: RoundRow) => T | null): T | null => {
    const row = rounds.findLast((each) => of(each) !== null);
    return row === undefined ? null : of(row);
  };
  const federated = newest((row) => row.federated);
  setFigures(
    gauges,
    { run, stage: "aggregate" },
    newest(({ figuresAggregate }) => figuresAggregate),
  );
  setFigures(
    gauges,
    { run, stage: "refined" },
    newest(({ figuresRefined }) => figuresRefined),
  );
  setFigures(gauges, { run, stage: "federated" }, federated?.mean ?? null);
  if (federated === null) return;
  const { volunteers, spread, worstTenth } = federated;
  for (const [figure, value] of Object.entries({ volunteers, spread, worstTenth })) {
    if (value !== null) gauges.federated.set({ run, figure }, value);
  }
}

function setFigures(
  { figures }: RunGauges,
  labels: { readonly run: string; readonly stage: string },
  measured: Figures | null,
): void {
  for (const [figure, value] of Object.entries(measured ?? {})) {
    if (typeof value === "number") figures.set({ ...labels, figure }, value);
  }
}
