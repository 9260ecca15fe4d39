/** The form's part for DynaFed: whether the plan has it, and its settings. */
import type { FieldGroup, FieldKind } from "./plan-fields.ts";

const integer: FieldKind = { is: "integer" };
const real: FieldKind = { is: "real" };
const dynafed = { path: "plan.dynafed", is: "true" };

export const dynafedGroup: FieldGroup = {
  title: "DynaFed",
  about: "How the synthetic set is learned from the first rounds, and how each later model is refined on it.",
  fields: [
    { path: "plan.dynafed", label: "Learn a synthetic set and refine on it", kind: { is: "part" } },
    { path: "plan.dynafed.snapshots", label: "Snapshots of the trajectory", kind: integer, when: dynafed },
    { path: "plan.dynafed.imagesPerClass", label: "Images per class", kind: integer, when: dynafed },
    { path: "plan.dynafed.iterations", label: "Iterations", kind: integer, when: dynafed },
    { path: "plan.dynafed.innerSteps", label: "Inner steps", kind: integer, when: dynafed },
    { path: "plan.dynafed.innerStep", label: "Inner step size", kind: real, when: dynafed },
    { path: "plan.dynafed.imageRate", label: "Rate of images", kind: real, when: dynafed },
    { path: "plan.dynafed.labelRate", label: "Rate of labels", kind: real, when: dynafed },
    { path: "plan.dynafed.innerStepRate", label: "Rate of the inner step", kind: real, when: dynafed },
    { path: "plan.dynafed.labelStart", label: "Start of the labels", kind: real, when: dynafed },
    {
      path: "plan.dynafed.labels",
      label: "Labels",
      kind: {
        is: "choice",
        choices: [
          ["learned", "Learned"],
          ["fixed", "As they start"],
        ],
      },
      when: dynafed,
    },
    {
      path: "plan.dynafed.recursion",
      label: "Gradient through the inner steps",
      kind: {
        is: "choice",
        choices: [
          ["exact", "Exact"],
          ["tesla", "TESLA's approximation"],
        ],
      },
      when: dynafed,
    },
    {
      path: "plan.dynafed.target",
      label: "Target",
      kind: {
        is: "choice",
        choices: [
          ["average", "Mean of later snapshots"],
          ["exponential", "Moving average of the snapshots"],
          ["straight", "Straight line to the last snapshots"],
        ],
      },
      when: dynafed,
    },
    {
      path: "plan.dynafed.targetDecay",
      label: "Decay of the target's average",
      kind: real,
      hint: "0 but for the moving average.",
      when: dynafed,
    },
    { path: "plan.dynafed.ahead", label: "Snapshots ahead", kind: integer, when: dynafed },
    {
      path: "plan.dynafed.leastAveraged",
      label: "Averaged for a target, at least",
      kind: integer,
      when: dynafed,
    },
    {
      path: "plan.dynafed.curriculum",
      label: "Curriculum, part of the iterations",
      kind: real,
      hint: "Early starts first. 0: none.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.skipAbove",
      label: "Skip iterations with D above",
      kind: real,
      hint: "0: skip none.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.imageAverage",
      label: "Decay of the images' average",
      kind: real,
      hint: "0: the last images count.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.patience",
      label: "Patience, iterations",
      kind: integer,
      hint: "Ends early where D stays flat. 0: never.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.refreshEvery",
      label: "Rounds between syntheses",
      kind: integer,
      hint: "0: one synthesis.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.refreshIterations",
      label: "Iterations of a later synthesis",
      kind: integer,
      when: dynafed,
    },
    { path: "plan.dynafed.refineSteps", label: "Refine steps", kind: integer, when: dynafed },
    { path: "plan.dynafed.refineRate", label: "Refine rate", kind: real, when: dynafed },
    {
      path: "plan.dynafed.refineDecay",
      label: "Decay of the refine rate",
      kind: real,
      hint: "A factor each round. 1: none.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.refineShare",
      label: "Share of the refined model",
      kind: real,
      hint: "1: the refined model. Below: closer to the average.",
      when: dynafed,
    },
    {
      path: "plan.dynafed.augment",
      label: "Augment the synthetic images",
      kind: { is: "flag" },
      when: dynafed,
    },
  ],
};
