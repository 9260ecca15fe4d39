/** What a task says of its network. Input and outputs follow from the task's data; `networkOf` puts both together. */
import { type Static, Type } from "typebox";
import { exact } from "../schema-parts.ts";

const Hidden = Type.Array(Type.Integer({ minimum: 1, maximum: 4096 }), { maxItems: 8 });

/** A perceptron with these hidden layers. */
export const TableNetwork = exact({ kind: Type.Literal("mlp"), hidden: Hidden });
export type TableNetwork = Static<typeof TableNetwork>;

/** A ConvNet of `depth` blocks with `width` channels, or a perceptron over the flattened image. */
export const ImageNetwork = Type.Union([
  exact({
    kind: Type.Literal("convnet"),
    width: Type.Integer({ minimum: 1, maximum: 512 }),
    depth: Type.Integer({ minimum: 1, maximum: 6 }),
  }),
  TableNetwork,
]);
export type ImageNetwork = Static<typeof ImageNetwork>;
