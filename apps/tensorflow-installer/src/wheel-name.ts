/** The name of a wheel's file (PEP 427), the platforms that it fits, and plain release numbers (PEP 440). */

export type WheelName = {
  /** As the index spells projects: lower case, dashes. */
  readonly project: string;
  readonly version: string;
  readonly python: string;
  readonly platforms: readonly string[];
};

/** What a wheel's libraries must be built for. The wheel's Python version does not matter: no Python runs. */
export type Platform = {
  readonly os: string;
  /** As Node names it: x64, arm64. */
  readonly arch: string;
  /** Version of the GNU C library; null where there is another, such as musl. */
  readonly glibc: string | null;
};

/** null where the name is not a wheel's or holds a path: the index's names become names of files. */
export function parseWheelName(fileName: string): WheelName | null {
  if (!/^[A-Za-z0-9._+!-]+\.whl$/.test(fileName)) return null;
  const parts = fileName.slice(0, -".whl".length).split("-");
  if (parts.length !== 5 && parts.length !== 6) return null;
  const [project = "", version = ""] = parts;
  return {
    project: projectName(project),
    version,
    python: parts.at(-3) ?? "",
    platforms: (parts.at(-1) ?? "").split("."),
  };
}

/** PEP 503's normal form. */
function projectName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

const machines: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
/** The glibc versions that the older tags stand for: PEP 513, 571, 599. */
const oldTags: Readonly<Record<string, string>> = {
  manylinux1: "2.5",
  manylinux2010: "2.12",
  manylinux2014: "2.17",
};

/** Why the wheel's libraries do not run on the platform; null where they do. */
export function misfit(wheel: WheelName, platform: Platform): string | null {
  const tags = wheel.platforms.map(parsePlatformTag).filter((tag) => tag !== null);
  const machine = machines[platform.arch];
  const here = tags.filter((tag) => tag.machine === machine);
  if (here.length === 0) return `made for ${wheel.platforms.join(", ")}`;
  const { glibc } = platform;
  if (glibc !== null && here.some((tag) => compareVersions(tag.glibc, glibc) <= 0)) return null;
  return `wants glibc ${here.map((tag) => tag.glibc).join(" or ")}`;
}

function parsePlatformTag(tag: string): { readonly glibc: string; readonly machine: string } | null {
  const match = /^(manylinux(?:1|2010|2014|_\d+_\d+))_(.+)$/.exec(tag);
  if (match === null) return null;
  const [, linux = "", machine = ""] = match;
  const glibc = oldTags[linux] ?? linux.replace("manylinux_", "").replace("_", ".");
  return { glibc, machine };
}

/** Why PyPI has no TensorFlow for the platform; null where it may have one. */
export function platformRefusal({ os, arch, glibc }: Platform): string | null {
  if (os !== "linux") return `only Linux is supported, this is ${os}`;
  if (!Object.hasOwn(machines, arch)) return `only x64 and arm64 are supported, this is ${arch}`;
  if (glibc === null) return "TensorFlow's libraries need the GNU C library, and this Linux has another";
  return null;
}

/** Negative where `a` is older than `b`; 0 where they are the same release, trailing zeros aside. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let i = 0; i < Math.max(left?.length ?? 0, right?.length ?? 0); i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version is numbers and dots alone. Previews, development and local versions are never chosen. */
export function isRelease(version: string): boolean {
  return /^\d+(\.\d+)*$/.test(version);
}

/** Whether a release satisfies every clause of a specifier such as `<13.0,>=12.5.3.2`. Throws on an unknown clause. */
export function satisfies(version: string, specifier: string): boolean {
  const clauses = specifier
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "");
  return clauses.every((clause) => {
    const match = /^(<=|>=|==|!=|<|>)\s*(\d+(?:\.\d+)*)$/.exec(clause);
    if (match === null) throw new Error(`a version clause that is not understood: ${JSON.stringify(clause)}`);
    const [, operator, bound = ""] = match;
    const order = compareVersions(version, bound);
    if (operator === "<") return order < 0;
    if (operator === "<=") return order <= 0;
    if (operator === ">") return order > 0;
    if (operator === ">=") return order >= 0;
    return (order === 0) === (operator === "==");
  });
}

/** One line of a wheel's METADATA: a project and the versions of it that are allowed. */
export type Requirement = { readonly project: string; readonly specifier: string };

/** The requirements that a wheel's METADATA lists under one extra, in its order. */
export function requirementsOfExtra(metadata: string, extra: string): readonly Requirement[] {
  return metadata.split(/\r?\n/).flatMap((line) => {
    const match = /^Requires-Dist:\s*([A-Za-z0-9._-]+)\s*\(?([^;)]*)\)?\s*;\s*(.+)$/.exec(line);
    if (match === null) return [];
    const [, name = "", specifier = "", marker = ""] = match;
    const isOfExtra = new RegExp(`^extra\\s*==\\s*['"]${extra}['"]$`).test(marker.trim());
    return isOfExtra ? [{ project: projectName(name), specifier: specifier.trim() }] : [];
  });
}
