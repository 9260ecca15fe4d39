import { expect, test } from "vitest";
import { readOptions, usage } from "./options.ts";

const optionsOf = (...args: string[]) => {
  const asked = readOptions(args);
  if (asked.kind !== "experiment") throw new Error(`expected an experiment, got ${asked.kind}`);
  return asked.options;
};

test("[Q10] the defaults are the desk scale, seed 1, the preset's alphas and the scale's targets", () => {
  const { choice, ...rest } = optionsOf("fmnist-table");
  expect(choice).toMatchObject({
    scale: { name: "desk" },
    seeds: [1],
    splits: [0.01, 0.04, 0.16].map((alpha) => ({ kind: "dirichlet", alpha })),
    only: null,
  });
  expect(rest).toEqual({
    ...{ data: null, out: null, jobs: null, backend: "auto" },
    targets: choice.scale.targets,
  });
  expect(readOptions(["--list"])).toEqual({ kind: "list" });
});

test("[Q10] every option that is given is used", () => {
  const { choice, ...rest } = optionsOf(
    ...["control", "--scale", "paper", "--seeds", "1,2,3", "--alphas=0.04", "--only", "FedAvg, dynafed"],
    ...["--data", "d", "--out", "o", "--jobs", "3", "--backend", "wasm", "--targets", "0.5"],
  );
  expect(choice).toMatchObject({
    ...{
      preset: { name: "control" },
      scale: { name: "paper" },
      seeds: [1, 2, 3],
      splits: [{ kind: "dirichlet", alpha: 0.04 }],
    },
    only: ["FedAvg", "dynafed"],
  });
  expect(rest).toEqual({ data: "d", out: "o", jobs: 3, backend: "wasm", targets: [0.5] });
});

test.each([
  [[], usage],
  [["table"], "expected a preset of fmnist-table, ablation, control, levers, recommended, tasks"],
  [["control", "ablation"], "expected one preset, got also ablation"],
  [["control", "--scale", "house"], 'expected a scale of desk, paper, tiny, got "house"'],
  [["control", "--seeds", "1,x"], '--seeds cannot hold "x"'],
  [["control", "--seeds", "1.5"], '--seeds cannot hold "1.5"'],
  [["control", "--seeds", "1,1"], "--seeds 1,1 says a number twice"],
  [["control", "--alphas", "0"], '--alphas cannot hold "0"'],
  [["control", "--alphas", ""], '--alphas cannot hold ""'],
  [["control", "--jobs", "0"], 'expected --jobs from 1 to 256, got "0"'],
  [["control", "--backend", "cuda"], "expected a backend of auto, "],
  [["control", "--targets", "60"], '--targets cannot hold "60"'],
  [["control", "--fast"], "--fast"],
  [["tasks", "--alphas", "0.1"], "--alphas 0.1 does not go with tasks"],
  [
    ["tasks", "--only", "leters"],
    'expected a task of fashion-mnist, emoji, lending-club, letters, ames-housing, got "leters"',
  ],
])("[Q11] a wrong argument is refused with its value: %j", (args, reason) => {
  expect(() => readOptions(args)).toThrow(reason);
});
