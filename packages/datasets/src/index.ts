/** Data sets in memory: parsing, choosing and splitting. Pure, the same in a page and on a server. */
export { cifar10ClassNames, parseCifar10 } from "./cifar.ts";
export { dirichletSplit } from "./dirichlet-split.ts";
export * from "./examples.ts";
export * from "./folders/index.ts";
export * from "./idx.ts";
