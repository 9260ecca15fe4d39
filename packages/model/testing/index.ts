export { dataset, prepareProblem, preprocessing, settings, spec, trained } from "./synthesis-problem.ts";
