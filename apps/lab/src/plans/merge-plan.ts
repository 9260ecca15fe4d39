/** Lays a part of a plan over a whole plan. Pure. The result is not checked here. */
import { ImageNetwork, OptimizerSpec, type Plan } from "@tributary/protocol";
import { defaultSettings, strategies } from "@tributary/strategy";

type Fields = Readonly<Record<string, unknown>>;

/**
 * `base` with the fields of `part`. Objects are merged field by field, at every depth; arrays, numbers and null replace
 * what was there. A part that names another `kind` begins from that kind: another strategy from its default settings,
 * another network or optimiser from the fields that both kinds have.
 */
export function mergePlan(base: Plan, part: Fields): Fields {
  const { strategy, task, local } = base;
  const taskPart = isFields(part.task) ? part.task : {};
  const localPart = isFields(part.local) ? part.local : {};
  const optimizer = ofKind(local.optimizer, localPart.optimizer, OptimizerSpec.anyOf);
  return merged(
    {
      ...base,
      strategy: strategyStart(strategy, part.strategy),
      task: { ...task, network: ofKind(task.network, taskPart.network, ImageNetwork.anyOf) },
      local: { ...local, optimizer },
    },
    part,
  );
}

function merged(base: Fields, part: Fields): Fields {
  const changes = Object.entries(part).map(([name, value]) => {
    const before = base[name];
    return [name, isFields(before) && isFields(value) ? merged(before, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(changes) };
}

function strategyStart(strategy: Plan["strategy"], part: unknown): Fields {
  const kind = isFields(part) ? part.kind : undefined;
  const named = strategies.find((one) => one.kind === kind);
  return named === undefined || named.kind === strategy.kind ? strategy : defaultSettings(named.kind);
}

type Variant = { readonly properties: Readonly<Record<string, unknown>> };

/** The fields of the base that the part's kind has too; all of them if the part names no known kind. */
function ofKind(base: Fields, part: unknown, variants: readonly Variant[]): Fields {
  const kind = isFields(part) ? (part.kind ?? base.kind) : base.kind;
  const variant = variants.find(
    ({ properties }) => isFields(properties.kind) && properties.kind.const === kind,
  );
  if (variant === undefined) return base;
  const known = Object.entries(base).filter(([name]) => Object.hasOwn(variant.properties, name));
  return Object.fromEntries(known);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
