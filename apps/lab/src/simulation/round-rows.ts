/** The rows of rounds.csv: what a round came to, in numbers. */
import { type Cell, formatCsv } from "@tributary/platform";
import type { Measurement } from "@tributary/protocol";
import { type Static, Type } from "typebox";
import { metricsOf } from "../data/headline.ts";
import { measuredAfter, type SimulatedRound } from "./simulated-run.ts";

const Count = Type.Integer({ minimum: 0 });
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Amount = Type.Number({ minimum: 0 });
const orNull = <Schema extends Type.TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const common = {
  ...{ round: Type.Integer({ minimum: 1 }), participants: Count },
  ...{ loss: orNull(Amount), bytesUp: Count, bytesDown: Count },
  federated: Type.Optional(orNull(Type.Number())),
};

/** A row for each round of a classification. Earlier versions wrote accuracies alone. */
export const ClassificationRows = Type.Array(
  Type.Object({
    ...common,
    ...{ accuracyAggregate: Share, accuracyRefined: orNull(Share), accuracy: Share },
    ...{ balancedAccuracy: Type.Optional(Share), auc: Type.Optional(orNull(Share)) },
    testLoss: Type.Optional(Amount),
  }),
);

/** A row for each round of a regression. */
export const RegressionRows = Type.Array(
  Type.Object({ ...common, rmse: Amount, r2: orNull(Type.Number({ maximum: 1 })), testLoss: Amount }),
);

/** A row as it is read back. The figures are of the model that the next round starts from, unless a name says otherwise. */
export type RoundRow =
  | Readonly<Static<typeof ClassificationRows>[number]>
  | Readonly<Static<typeof RegressionRows>[number]>;

/** A row for each aggregated round. */
export function roundsCsv(rounds: readonly SimulatedRound[]): string {
  const rows = rounds.map(roundRow);
  return formatCsv({ columns: Object.keys(rows[0] ?? { round: 0, participants: 0 }), rows });
}

/** The row of a round. */
export function roundRow(round: SimulatedRound): Readonly<Record<string, Cell>> {
  const { loss, bytesUp, bytesDown, federated } = round;
  const after = measuredAfter(round);
  return {
    ...{ round: round.round, participants: round.participants },
    ...stages(round.aggregate, round.refined),
    ...metricsOf(after),
    testLoss: after.loss,
    ...{ federated: federated?.mean ?? null, federatedSpread: federated?.spread ?? null },
    ...{ federatedWorstTenth: federated?.worstTenth ?? null, federatedLoss: federated?.loss ?? null },
    ...{ loss, bytesUp, bytesDown },
  };
}

/** A regression has one stage: DynaFed refines classifications alone. */
function stages(aggregate: Measurement, refined: Measurement | null) {
  if (aggregate.kind !== "classification") return {};
  const accuracyRefined = refined?.kind === "classification" ? refined.accuracy : null;
  return { accuracyAggregate: aggregate.accuracy, accuracyRefined };
}
