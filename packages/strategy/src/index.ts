export * from "./strategies.ts";
export type {
  ClientRule,
  Combination,
  Combined,
  Strategy,
  StrategyState,
  Weighting,
} from "./strategy.ts";
