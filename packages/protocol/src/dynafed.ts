/** The settings of DynaFed's synthesis and refine. Schema first, type derived. */
import { type Static, Type } from "typebox";

const Count = (minimum: number, maximum: number) => Type.Integer({ minimum, maximum });
const Rate = Type.Number({ exclusiveMinimum: 0, maximum: 100 });
/** Of a moving average; 0 averages nothing. */
const Decay = Type.Number({ minimum: 0, exclusiveMaximum: 1 });

/** DynaFed (Pi et al., CVPR 2023), with the paper's names where it has them, and levers beyond it. */
export const DynafedSettings = Type.Object(
  {
    /** Snapshots of the trajectory, the initialisation included, after which the first synthesis runs. */
    snapshots: Count(5, 1000),
    imagesPerClass: Count(1, 1000),
    innerSteps: Count(1, 1000),
    /** Start value of the learned inner step size. */
    innerStep: Rate,
    iterations: Count(1, 100_000),
    /** Adam step sizes of the three things learned. */
    imageRate: Rate,
    labelRate: Rate,
    innerStepRate: Rate,
    /** Label logits start at this value for the image's own class and at 0 for the others; the paper's start is 0. */
    labelStart: Type.Number({ minimum: 0, maximum: 100 }),
    /** Fixed labels stay as they start. The paper learns them. */
    labels: Type.Union([Type.Literal("learned"), Type.Literal("fixed")]),
    /**
     * The gradient through the inner steps: exact, or TESLA's approximation (Cui et al., ICML 2023), which leaves out
     * how a step's gradient depends on where the step starts.
     */
    recursion: Type.Union([Type.Literal("exact"), Type.Literal("tesla")]),
    /** What an iteration aims at, from the snapshots that follow its start; the paper's is `average`. */
    target: Type.Union([Type.Literal("average"), Type.Literal("exponential"), Type.Literal("straight")]),
    /** Of the moving average of the snapshots that `exponential` aims at. */
    targetDecay: Decay,
    /** Targets lie among snapshots t+1 .. t+ahead. */
    ahead: Count(1, 100),
    /** An `average` is of between leastAveraged and ahead snapshots, drawn with replacement. */
    leastAveraged: Count(1, 100),
    /** Part of the iterations over which the latest start grows from the first snapshot to the last; 0: none. */
    curriculum: Type.Number({ minimum: 0, maximum: 1 }),
    /** An iteration whose D is above this takes no step; 0: none is left out. */
    skipAbove: Type.Number({ minimum: 0, maximum: 1000 }),
    /** Decay of a moving average of images and labels, which then is the set; 0: the set is what was learned last. */
    imageAverage: Decay,
    /** Iterations over which D must fall for the synthesis to go on; 0: it does all its iterations. */
    patience: Count(0, 100_000),
    /** Rounds from one synthesis to the next, which goes on from its set; 0: there is one synthesis. */
    refreshEvery: Count(0, 1000),
    refreshIterations: Count(1, 100_000),
    refineSteps: Count(1, 10_000),
    refineRate: Rate,
    /** The refine rate shrinks by this factor with every round since the newest synthesis; 1: it stays. */
    refineDecay: Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
    /** How far a round's model goes from its average (0) to the refined one (1), or beyond. */
    refineShare: Type.Number({ exclusiveMinimum: 0, maximum: 10 }),
    /**
     * What changes the synthetic set anew at every step of synthesis and refine: nothing, the Siamese augmentation of
     * images (as in the paper), or noise added to the inputs, which suits rows of a table too.
     */
    augment: Type.Union([Type.Literal("none"), Type.Literal("siamese"), Type.Literal("noise")]),
    /** Standard deviation of that noise, in units of the network's inputs; 0 for the other choices. */
    noiseStd: Type.Number({ minimum: 0, maximum: 10 }),
  },
  { additionalProperties: false },
);
export type DynafedSettings = Static<typeof DynafedSettings>;

/** The levers where the paper leaves them. */
export const paperLevers = {
  labelStart: 0,
  labels: "learned",
  recursion: "exact",
  target: "average",
  targetDecay: 0,
  curriculum: 0,
  skipAbove: 0,
  imageAverage: 0,
  patience: 0,
  refreshEvery: 0,
  refreshIterations: 1,
  refineDecay: 1,
  refineShare: 1,
  noiseStd: 0,
} as const satisfies Partial<DynafedSettings>;
