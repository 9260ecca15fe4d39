/** The form's group for DynaFed: whether the plan has it, and its settings. */
import { choice, type FieldGroup, field, integer, onlyWhen, real } from "./plan-field.ts";

/** The field whose check mark adds DynaFed to the plan. */
export const dynafedPath = "plan.dynafed";
export const dynafedSettingsPrefix = `${dynafedPath}.`;

const at = (name: string) => `${dynafedSettingsPrefix}${name}`;

const synthesisFields = [
  integer(at("snapshots"), "Snapshots in the trajectory"),
  integer(at("imagesPerClass"), "Images per class"),
  integer(at("iterations"), "Iterations"),
  integer(at("innerSteps"), "Inner steps"),
  real(at("innerStep"), "Inner step size"),
  real(at("imageRate"), "Image learning rate"),
  real(at("labelRate"), "Label learning rate"),
  real(at("innerStepRate"), "Inner step learning rate"),
  real(at("labelStart"), "Initial label logit", "Of an image's own class; the other classes start at 0."),
  choice(at("labels"), "Labels", [
    ["learned", "Learned"],
    ["fixed", "Fixed at their start"],
  ]),
  choice(at("recursion"), "Gradient of the inner steps", [
    ["exact", "Exact"],
    ["tesla", "TESLA's approximation"],
  ]),
];

const targetFields = [
  choice(at("target"), "Target", [
    ["average", "Mean of later snapshots"],
    ["exponential", "Moving average of the snapshots"],
    ["straight", "Straight line to the last snapshots"],
  ]),
  real(at("targetDecay"), "Decay of the average", "Of the moving average. 0 for every other target."),
  integer(at("ahead"), "Snapshots ahead", "How far ahead of its start a target may lie."),
  integer(at("leastAveraged"), "Fewest in a mean", "A mean target is of at least this many snapshots."),
  real(at("curriculum"), "Curriculum", "Share of the iterations in which early starts come first. 0: none."),
  real(at("skipAbove"), "Largest D", "Iterations above it are skipped. 0: none."),
  real(at("imageAverage"), "Decay of the image average", "0: keep the last images."),
  integer(at("patience"), "Patience, iterations", "Ends early when D stops falling. 0: never."),
  integer(at("refreshEvery"), "Rounds between syntheses", "0: one synthesis only."),
  integer(at("refreshIterations"), "Later iterations", "Of each synthesis after the first."),
];

const refineFields = [
  integer(at("refineSteps"), "Refine steps"),
  real(at("refineRate"), "Refine rate"),
  real(at("refineDecay"), "Decay of the refine rate", "A factor for each round. 1: no decay."),
  real(
    at("refineShare"),
    "Share of the refined model",
    "1: the refined model. Below 1: closer to the aggregate.",
  ),
  choice(at("augment"), "Augmentation of the synthetic set", [
    ["siamese", "Siamese, for images"],
    ["noise", "Noise"],
    ["none", "None"],
  ]),
  real(
    at("noiseStd"),
    "Standard deviation of the noise",
    "In units of the inputs. 0 for every other choice.",
  ),
];

export const dynafedGroup: FieldGroup = {
  title: "DynaFed",
  about: "The server learns a synthetic set from the first rounds and refines each later model on it.",
  fields: [
    field(dynafedPath, "Learn a synthetic set and refine on it", { kind: "part" }),
    ...onlyWhen({ path: dynafedPath, equals: "true" }, [
      ...synthesisFields,
      ...targetFields,
      ...refineFields,
    ]),
  ],
};
