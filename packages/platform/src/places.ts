/** Where the repository keeps what is not code. No other file knows the way up to its root. */
import { fileURLToPath } from "node:url";

/** src/ and dist/ are equally deep. */
const root = new URL("../../../", import.meta.url);

function at(path: string): string {
  return fileURLToPath(new URL(path, root));
}

/** Absolute paths. */
export const places = {
  repository: at("."),
  /** One folder per data set. */
  datasets: at("datasets"),
  fashionMnist: at("datasets/fashion-mnist"),
  migrations: at("migrations"),
  /** The built pages. */
  pages: at("apps/web-client/dist"),
  /** What a server keeps, unless TRIBUTARY_HOME names another folder. */
  home: at(".tributary"),
  parityFiles: at("packages/model/fixtures/parity"),
  pictureFixtures: at("packages/datasets/fixtures/pictures"),
  torchReference: at("benchmarks/torch-reference.py"),
} as const;
