/** Data sets from files: those that a server offers, and folders that an experiment names. */
export { openCodecs } from "./codecs.ts";
export { type DataSource, readDataSource } from "./data-source.ts";
export { type Datasets, openDatasets, type SampleSource } from "./datasets.ts";
export { readIdxFolder } from "./idx-folder.ts";
