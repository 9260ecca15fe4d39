import { findStrategy } from "@tributary/strategy";

/** "SCAFFOLD", or "SCAFFOLD and DynaFed". */
export function strategyWords(plan: {
  readonly strategy: { readonly kind: string };
  readonly dynafed: object | null;
}): string {
  const { label } = findStrategy(plan.strategy.kind);
  return plan.dynafed === null ? label : `${label} and DynaFed`;
}
