/** Files of known numbers, from PyTorch in float64: their schemas, and the current backend's errors against them. */
import { describeProblem, LossKind, schemaProblems } from "@tributary/protocol";
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { type AugmentationErrors, augmentationErrors } from "./augmentations.ts";
import { type MetaGradientErrors, metaGradientErrors } from "./meta-gradient.ts";
import { type RowsLossErrors, rowsLossErrors } from "./rows-loss.ts";

const Count = (minimum: number) => Type.Integer({ minimum, maximum: 10_000_000 });
const Numbers = Type.Array(Type.Number());

/** A network, its inner steps and their gradients; see `MetaGradientVector`. */
const metaGradient = {
  classes: Count(1),
  images: Count(1),
  steps: Count(0),
  layout: Type.Array(Type.Object({ name: Type.String(), shape: Type.Array(Count(1), { minItems: 1 }) }), {
    minItems: 1,
  }),
  input: Type.Object({ start: Numbers, target: Numbers, x: Numbers, y: Numbers, lr: Type.Number() }),
  expect: Type.Object({
    logits: Numbers,
    losses: Numbers,
    gradient: Numbers,
    end: Numbers,
    distance: Type.Number(),
    dx: Numbers,
    dy: Numbers,
    dlr: Type.Number(),
  }),
};
const ImagesFile = Type.Object({
  image: Type.Union([Count(1), Type.Tuple([Count(1), Count(1)])]),
  channels: Count(1),
  ...metaGradient,
});
const RowsFile = Type.Object({ features: Count(1), ...metaGradient });

/** An MLP on rows with a loss; see `RowsLossVector`. */
const RowsLossFile = Type.Object({
  loss: LossKind,
  features: Count(1),
  outputs: Count(1),
  rows: Count(1),
  hidden: Type.Array(Count(1)),
  input: Type.Object({ theta: Numbers, direction: Numbers, x: Numbers, y: Numbers }),
  expect: Type.Object({
    outputs: Numbers,
    loss: Type.Number(),
    gradient: Numbers,
    slope: Type.Number(),
    dtheta: Numbers,
    dx: Numbers,
    dy: Numbers,
  }),
});

const Whole = Type.Array(Type.Integer());
const parameters = {
  brightness: Type.Object({ u: Numbers }),
  saturation: Type.Object({ u: Numbers }),
  contrast: Type.Object({ u: Numbers }),
  crop: Type.Object({ rows: Whole, cols: Whole }),
  cutout: Type.Object({ size: Count(0), rows: Whole, cols: Whole }),
  flip: Type.Object({ flipped: Type.Array(Type.Boolean()) }),
  scale: Type.Object({ sx: Numbers, sy: Numbers }),
  rotate: Type.Object({ radians: Numbers }),
};
const isOperation = (op: string): op is keyof typeof parameters => Object.hasOwn(parameters, op);

/** Augmentations; see `AugmentationVector`. Each case's `params` are then checked against its `op`. */
const AugmentationFile = Type.Object({
  shape: Type.Tuple([Count(1), Count(1), Count(1), Count(1)]),
  x: Numbers,
  cases: Type.Array(
    Type.Object({
      op: Type.String(),
      params: Type.Record(Type.String(), Type.Unknown()),
      out: Numbers,
      cotangent: Numbers,
      dx: Numbers,
    }),
    { minItems: 1 },
  ),
});
type AugmentationFile = Static<typeof AugmentationFile>;

/** The errors of any kind of file. */
export type ParityErrors = MetaGradientErrors | AugmentationErrors | RowsLossErrors;

/**
 * The current backend's errors against a file with the text `text`, relative in the 2-norm. Rejects, quoting what is
 * wrong, on a file of no kind, and with the error of a backend that fails.
 */
export async function parityErrors(text: string): Promise<ParityErrors> {
  const vector = parsed(text);
  if ("cases" in vector) return augmentationErrors(vector);
  return "loss" in vector ? await rowsLossErrors(vector) : await metaGradientErrors(vector);
}

/** Throws, quoting what is wrong, on a file that `parityErrors` would refuse. Computes nothing. */
export function checkParityFile(text: string): void {
  parsed(text);
}

function parsed(text: string) {
  const value: unknown = JSON.parse(text);
  const has = (name: string) => typeof value === "object" && value !== null && name in value;
  if (has("cases")) return augmentationVector(checked(AugmentationFile, value));
  if (has("loss")) return checked(RowsLossFile, value);
  return has("features") ? checked(RowsFile, value) : checked(ImagesFile, value);
}

/** The largest relative errors that pass, for values and for gradients: room for float32, none for a wrong result. */
const VALUE_TOLERANCE = 1e-4;
const GRADIENT_TOLERANCE = 1e-3;

/** The names of the errors that are too large, or NaN, such as `dx` or `scale.out`. Empty where the backend passes. */
export function failures(errors: ParityErrors): readonly string[] {
  const all: readonly (readonly [string, number | { readonly out: number; readonly dx: number }])[] =
    Object.entries(errors);
  const flat = all.flatMap(([name, error]): [string, number][] =>
    typeof error === "number"
      ? [[name, error]]
      : [
          [`${name}.out`, error.out],
          [`${name}.dx`, error.dx],
        ],
  );
  const gradients = ["gradient", "slope", "dtheta", "dx", "dy", "dlr"];
  const tolerance = (name: string) =>
    gradients.includes(name.split(".").at(-1) ?? "") ? GRADIENT_TOLERANCE : VALUE_TOLERANCE;
  return flat.filter(([name, error]) => !(error <= tolerance(name))).map(([name]) => name);
}

function augmentationVector(file: AugmentationFile) {
  const [count, height, width, channels] = file.shape;
  const pixels = count * height * width * channels;
  const expectLength = (name: string, values: readonly unknown[], expected: number) => {
    if (values.length !== expected) {
      throw new Error(`expected ${expected} values in ${name}, got ${values.length}`);
    }
  };
  expectLength("x", file.x, pixels);
  const cases = file.cases.map(({ op, params, out, cotangent, dx }, i) => {
    if (!isOperation(op)) throw new Error(`cases/${i}/op is not an augmentation: ${JSON.stringify(op)}`);
    const drawn = checked<TSchema>(parameters[op], params) as Record<string, unknown>;
    for (const [name, values] of Object.entries(drawn)) {
      if (Array.isArray(values)) expectLength(`cases/${i}/params/${name}`, values, count);
    }
    expectLength(`cases/${i}/out`, out, pixels);
    expectLength(`cases/${i}/cotangent`, cotangent, pixels);
    expectLength(`cases/${i}/dx`, dx, pixels);
    return { augmentation: { ...drawn, op } as never, out, cotangent, dx };
  });
  return { shape: file.shape, x: file.x, cases };
}

function checked<S extends TSchema>(schema: S, value: unknown): Static<S> {
  if (Value.Check(schema, value)) return value as Static<S>;
  const [problem] = schemaProblems(schema, value, 1);
  throw new Error(problem === undefined ? "the file is wrong" : describeProblem(problem, "the file"));
}
