/** How the training examples are dealt to the clients. */
import { dirichletSplit, iidSplit, splitByGroup, subsetIndices, takeExamples } from "@tributary/datasets";
import type { Dataset } from "@tributary/model";
import { type Plan, sampleOf } from "@tributary/protocol";
import { type Static, Type } from "typebox";

/** Schema of `Split`. */
export const Split = Type.Union([
  /** Clients differ in their classes, the more the smaller alpha is. */
  Type.Object(
    {
      kind: Type.Literal("dirichlet"),
      alpha: Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 }),
    },
    { additionalProperties: false },
  ),
  /** A client for each text of a table's column, which need not be an input of the network. */
  Type.Object(
    { kind: Type.Literal("column"), column: Type.String({ minLength: 1, maxLength: 128 }) },
    { additionalProperties: false },
  ),
  /** At random. */
  Type.Object({ kind: Type.Literal("even") }, { additionalProperties: false }),
]);
export type Split = Readonly<Static<typeof Split>>;

/** Dirichlet with the alpha of the plan's sample; evenly where there are no classes. */
export function usualSplit(plan: Plan): Split {
  if (plan.task.kind === "table-regression") return { kind: "even" };
  return { kind: "dirichlet", alpha: sampleOf(plan).alpha };
}

/** "alpha 0.04", "by addr_state" or "even". */
export function splitWords(split: Split): string {
  switch (split.kind) {
    case "dirichlet":
      return `alpha ${split.alpha}`;
    case "column":
      return `by ${split.column}`;
    case "even":
      return "even";
    default:
      return split satisfies never;
  }
}

/** Examples with the text of a column for each; null where no column was read. */
export type GroupedExamples = { readonly dataset: Dataset; readonly groups: readonly string[] | null };

/**
 * `count` of the examples: classes keep their shares, and numbers are taken at even distances in the order of the file.
 * Throws where there are fewer.
 */
export function someExamples({ dataset, groups }: GroupedExamples, count: number): GroupedExamples {
  if (count === dataset.count) return { dataset, groups };
  const places = subsetIndices(dataset, count);
  return {
    dataset: takeExamples(dataset, places),
    groups: groups === null ? null : Array.from(places, (at) => groups[at] as string),
  };
}

/**
 * The places of each client's examples, ascending. Throws an Error that quotes what does not go together: more clients than
 * examples, a column with another number of texts, a Dirichlet split of numbers.
 */
export function splitExamples(
  examples: GroupedExamples,
  split: Split,
  { clients, seed }: { readonly clients: number; readonly seed: number },
): readonly Uint32Array[] {
  const { dataset } = examples;
  switch (split.kind) {
    case "dirichlet": {
      if (dataset.kind === "value-rows") {
        throw new Error(
          `expected classes to split with alpha ${split.alpha}, got numbers: split evenly or by a column`,
        );
      }
      const { labels, classes } = dataset;
      return dirichletSplit({ labels, classes, clients, alpha: split.alpha, seed });
    }
    case "column":
      return byColumn(examples, split.column, clients);
    case "even":
      return iidSplit({ count: dataset.count, clients, seed });
    default:
      return split satisfies never;
  }
}

function byColumn({ groups }: GroupedExamples, column: string, clients: number): readonly Uint32Array[] {
  if (groups === null)
    throw new Error(`expected the texts of the column ${JSON.stringify(column)}, got none`);
  const shares = splitByGroup(groups);
  if (shares.length !== clients) {
    throw new Error(`expected ${shares.length} clients, one for each ${column}, got ${clients}`);
  }
  return shares.map(({ indices }) => indices);
}
