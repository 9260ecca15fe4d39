/** Data sets in memory: parsing, choosing and splitting. Pure, the same in a page and on a server. */
export { parseCifar10, parseCifar100 } from "./cifar.ts";
export { cifar10ClassNames, cifar100ClassNames } from "./cifar-names.ts";
export { dirichletSplit } from "./dirichlet-split.ts";
export * from "./examples.ts";
export * from "./folders/index.ts";
export * from "./idx.ts";
export * from "./pictures/index.ts";
export { type GroupShare, iidSplit, splitByGroup } from "./plain-splits.ts";
export * from "./row-file.ts";
export {
  classSizes,
  stratifiedShares,
  subsetIndices,
  subsetOf,
} from "./stratified-subset.ts";
export { tenthsOf } from "./value-tenths.ts";
