/** The strategies that a plan can name. */
import { type Static, type TUnion, Type } from "typebox";
import { fedadam } from "./strategies/fedadam.ts";
import { fedavg } from "./strategies/fedavg.ts";
import { fedavgm } from "./strategies/fedavgm.ts";
import { fedprox } from "./strategies/fedprox.ts";
import { fedyogi } from "./strategies/fedyogi.ts";
import { scaffold } from "./strategies/scaffold.ts";
import type { ClientRule, Combination, Combined, Strategy } from "./strategy.ts";

const list = [fedavg, fedprox, scaffold, fedavgm, fedadam, fedyogi] as const;

type List = typeof list;
type SchemasOf<Of extends readonly Strategy[]> = { -readonly [At in keyof Of]: Of[At]["settings"] };

/** All strategies, in the order in which people are offered them. */
export const strategies: readonly Strategy[] = list;

/** A strategy's kind and settings as they stand in a plan: one variant for each strategy of the list. */
export const StrategySettings: TUnion<SchemasOf<List>> = Type.Union(
  list.map(({ settings }) => settings) as SchemasOf<List>,
);
export type StrategySettings = Static<typeof StrategySettings>;
/** The name of a strategy in a plan, such as "fedavg". */
export type StrategyKind = StrategySettings["kind"];

/** The strategy of that kind. Throws, quoting the kind, where the list has none. */
export function findStrategy(kind: string): Strategy {
  const found = strategies.find((strategy) => strategy.kind === kind);
  if (found === undefined) throw new Error(`expected a strategy of the list, got ${kind}`);
  return found;
}

/** What clients do in a round under these settings. */
export function clientRuleOf(settings: StrategySettings): ClientRule {
  return findStrategy(settings.kind).clientRule(settings);
}

/** The round's model, and what the server remembers after it. Pure: it writes to none of its arguments. */
export function combine(settings: StrategySettings, round: Combination): Combined {
  return findStrategy(settings.kind).combine(settings, round);
}

/** A strategy's settings, each at its default. Throws, quoting the kind, where the list has no such strategy. */
export function defaultSettings(kind: string): StrategySettings {
  const { properties } = findStrategy(kind).settings;
  const defaults = Object.entries(properties).map(([name, schema]) => [
    name,
    name === "kind" ? kind : (schema as { readonly default?: unknown }).default,
  ]);
  return Object.fromEntries(defaults) as StrategySettings;
}
