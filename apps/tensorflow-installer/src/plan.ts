/** Decides what an installation fetches and unpacks, before anything is written. */
import {
  chooseWheel,
  fetchOrExplain,
  Impossible,
  type IndexFile,
  listFiles,
  type Wheel,
} from "./package-index.ts";
import { misfit, type Platform, parseWheelName, platformRefusal, requirementsOfExtra } from "./wheel-name.ts";

/** The newest release of TensorFlow whose C library fits the binding: `npm run parity` passes with it. */
export const TENSORFLOW = "2.21.0";

export type Request = {
  /** Whether NVIDIA's libraries are wanted too. */
  readonly gpu: boolean;
  /** Address of a package index with PyPI's simple API. */
  readonly index: string;
};

/** The files of a wheel that are unpacked. Everything else in a wheel is Python. */
const wanted: readonly RegExp[] = [
  /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/,
  /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.+\.h$/,
  /^nvidia\/[a-z0-9_]+\/lib\/[^/]+\.so(\.[0-9.]+)?$/,
  // These compile kernels for a card that the libraries were not built for.
  /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+\.bc)$/,
];

/** Whether an entry of a wheel is unpacked. */
export function isWanted(name: string): boolean {
  return !name.split("/").includes("..") && wanted.some((pattern) => pattern.test(name));
}

/** Projects that carry the library, in the order of preference: on arm64, tensorflow is the CPU's. */
function projectsFor(request: Pick<Request, "gpu">): readonly string[] {
  return request.gpu ? ["tensorflow"] : ["tensorflow-cpu", "tensorflow"];
}

/** TensorFlow's wheel for the platform. Throws Impossible where the index has none. */
export async function planTensorflow(request: Request, platform: Platform): Promise<Wheel> {
  const refusal = platformRefusal(platform);
  if (refusal !== null) throw new Impossible(refusal);
  const reasons: string[] = [];
  for (const project of projectsFor(request)) {
    const files = await listFiles(request.index, project);
    try {
      return chooseWheel(files, project, `==${TENSORFLOW}`, platform);
    } catch (error) {
      if (!(error instanceof Impossible)) throw error;
      reasons.push(error.message);
    }
  }
  throw new Impossible(reasons.join("; "));
}

/** The wheels of NVIDIA's libraries that TensorFlow's METADATA requires: the newest release of each that it allows. */
export async function planNvidia(
  metadata: string,
  request: Request,
  platform: Platform,
): Promise<readonly Wheel[]> {
  const requirements = requirementsOfExtra(metadata, "and-cuda");
  if (requirements.length === 0) {
    throw new Impossible(`tensorflow ${TENSORFLOW} lists no libraries under its extra "and-cuda"`);
  }
  return await Promise.all(
    requirements.map(async ({ project, specifier }) => {
      const files: readonly IndexFile[] = await listFiles(request.index, project);
      return chooseWheel(files, project, specifier, platform);
    }),
  );
}

/** A wheel's METADATA, fetched without the wheel (PEP 658); null where the index does not serve it. */
export async function fetchMetadata(wheel: Wheel): Promise<string | null> {
  const response = await fetchOrExplain(`${wheel.url}.metadata`, {});
  return response.ok ? await response.text() : null;
}

/** Project and version of a wheel file that the operator names. Throws Impossible where it is not TensorFlow's, or for another platform. */
export function checkOwnWheel(
  fileName: string,
  platform: Platform,
): { readonly project: string; readonly version: string } {
  const refusal = platformRefusal(platform);
  if (refusal !== null) throw new Impossible(refusal);
  const name = parseWheelName(fileName);
  if (name === null || !["tensorflow", "tensorflow-cpu"].includes(name.project)) {
    throw new Impossible(`expected a wheel of tensorflow or tensorflow-cpu, got ${fileName}`);
  }
  const reason = misfit(name, platform);
  if (reason !== null) throw new Impossible(`${fileName} does not run here: ${reason}`);
  return name;
}
