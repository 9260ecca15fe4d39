/** The shapes that `npm run bench` measures, and which of them `--shapes` names. */
import { type Static, Type } from "typebox";

/** One measurement's work. `training`: steps on batches of `images`. `synthesis`: one outer iteration. */
export const BenchCase = Type.Object({
  kind: Type.Union([Type.Literal("training"), Type.Literal("synthesis")]),
  /** Sides of the square, one-channel images. */
  side: Type.Integer({ minimum: 4 }),
  width: Type.Integer({ minimum: 1 }),
  /** Images of a batch, or of the synthetic set. */
  images: Type.Integer({ minimum: 1 }),
  /** Training: steps timed as one, after which the result is read. Synthesis: inner steps. */
  steps: Type.Integer({ minimum: 1 }),
});
export type BenchCase = Static<typeof BenchCase>;
export type BenchKind = BenchCase["kind"];

export const CLASSES = 10;

/** What `--shapes` may name. */
export const SHAPES = ["default", "small", "all", "paper", "tiny"] as const;
export type Shapes = (typeof SHAPES)[number];

const BATCHES = 8;
const training = (width: number): BenchCase => ({
  kind: "training",
  side: 28,
  width,
  images: 32,
  steps: BATCHES,
});
const synthesis = (width: number, steps: number, images = 100): BenchCase => ({
  kind: "synthesis",
  side: 28,
  width,
  images,
  steps,
});

/**
 * The cases of a choice. The default is 28x28x1 at widths 16, 32 and 128. The full unroll of PyTorch keeps every inner
 * step: 50 of them take about 7 GB at width 32 and 28 GB at width 128, so that only `all` has 50 steps at width 128.
 */
export function benchCases(kind: BenchKind, shapes: Shapes): readonly BenchCase[] {
  switch (shapes) {
    case "tiny":
      return [{ kind, side: 8, width: 4, images: CLASSES, steps: 2 }];
    case "small":
      return kind === "training" ? [training(16)] : [synthesis(16, 10), synthesis(16, 50)];
    case "paper":
      return kind === "training" ? [training(128)] : [synthesis(128, 20, 150)];
    case "default":
    case "all": {
      if (kind === "training") return [16, 32, 128].map(training);
      const cases = [16, 32, 128].map((width) => synthesis(width, 10));
      return [
        ...cases,
        ...(shapes === "all" ? [16, 32, 128] : [16, 32]).map((width) => synthesis(width, 50)),
      ];
    }
    default:
      return shapes satisfies never;
  }
}

/** A share of a case's work that a slow backend does instead of all of it. */
export type Share = { readonly task: BenchCase; readonly times: number };

/**
 * The part of a case that a backend does; null: it does not take part. Plain JavaScript is two orders of magnitude slower
 * than the others: it does one step, in a synthesis with one image per class, and the time is multiplied. Above width 16
 * it does nothing.
 */
export function shareOf(task: BenchCase, backend: string): Share | null {
  if (backend !== "cpu") return { task, times: 1 };
  if (task.width > 16) return null;
  if (task.kind === "training") return { task: { ...task, steps: 1 }, times: 1 };
  const images = CLASSES;
  return { task: { ...task, images, steps: 1 }, times: (task.images / images) * task.steps };
}

/** A case in words: "28x28x1, width 16, batch 32". */
export function caseName({ kind, side, width, images, steps }: BenchCase): string {
  const what = kind === "training" ? `batch ${images}` : `${images} images, ${steps} inner steps`;
  return `${side}x${side}x1, width ${width}, ${what}`;
}
