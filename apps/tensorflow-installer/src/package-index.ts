/** A Python package index, over its simple API: JSON (PEP 691) or, from older mirrors, HTML (PEP 503). */
import {
  compareVersions,
  isRelease,
  misfit,
  type Platform,
  parseWheelName,
  satisfies,
  type WheelName,
} from "./wheel-name.ts";

export const PYPI = "https://pypi.org/simple/";

export type IndexFile = {
  readonly fileName: string;
  readonly url: string;
  /** null where the index has none; such a file is not used. */
  readonly sha256: string | null;
  /** null where the index does not say. */
  readonly bytes: number | null;
  readonly yanked: boolean;
};

export type Wheel = {
  readonly fileName: string;
  readonly project: string;
  readonly version: string;
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number | null;
};

/** The installation cannot be done as asked. The message says what and why. */
export class Impossible extends Error {}

/** The files of a project. Throws Impossible where the index cannot be reached or does not know the project. */
export async function listFiles(index: string, project: string): Promise<readonly IndexFile[]> {
  const url = new URL(`${project}/`, index.endsWith("/") ? index : `${index}/`).href;
  const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
  const response = await fetchOrExplain(url, { accept });
  if (!response.ok) throw new Impossible(`${withoutPassword(url)} answers ${response.status}`);
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  return type.includes("json") ? filesOfJson(text, response.url) : filesOfHtml(text, response.url);
}

/** Like `fetch`, but sends a user and password in the address as a header. Throws Impossible, naming the address, where it cannot be reached. */
export async function fetchOrExplain(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const address = new URL(url);
  const { username, password } = address;
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = username === "" ? {} : { authorization: `Basic ${btoa(login)}` };
  address.username = "";
  address.password = "";
  try {
    return await fetch(address, { headers: { ...headers, ...authorization } });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    throw new Impossible(`${withoutPassword(url)} cannot be reached: ${reason}`, { cause: error });
  }
}

/** The address as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}

/** The files that an index lists in JSON (PEP 691). `base` is the list's own address. */
export function filesOfJson(text: string, base: string): readonly IndexFile[] {
  type Listed = {
    readonly filename: string;
    readonly url: string;
    readonly hashes?: { readonly sha256?: string };
    readonly size?: number;
    readonly yanked?: boolean | string;
  };
  const { files } = JSON.parse(text) as { readonly files: readonly Listed[] };
  return files.map((file) => ({
    fileName: file.filename,
    url: new URL(file.url, base).href,
    sha256: file.hashes?.sha256 ?? null,
    bytes: file.size ?? null,
    yanked: file.yanked !== undefined && file.yanked !== false,
  }));
}

/** The files that an index lists in HTML (PEP 503). `base` is the list's own address. */
export function filesOfHtml(text: string, base: string): readonly IndexFile[] {
  return [...text.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)].flatMap(([, attributes = "", label = ""]) => {
    const href = /href\s*=\s*["']([^"']+)["']/i.exec(attributes)?.[1];
    if (href === undefined) return [];
    const url = new URL(href.replaceAll("&amp;", "&"), base);
    const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase() ?? null;
    url.hash = "";
    const yanked = /data-yanked/i.test(attributes);
    return [{ fileName: label.trim(), url: url.href, sha256, bytes: null, yanked }];
  });
}

/**
 * The wheel of the newest release that the specifier allows and that has a wheel for the platform. Wheels of one release
 * differ in their Python alone; the one for the newest Python is chosen. Throws Impossible, naming what there is instead.
 */
export function chooseWheel(
  files: readonly IndexFile[],
  project: string,
  specifier: string,
  platform: Platform,
): Wheel {
  const releases = releasesOf(files, project);
  const wanted = releases.filter(({ name }) => satisfies(name.version, specifier));
  const said = specifier === "" ? project : `${project} ${specifier}`;
  if (wanted.length === 0)
    throw new Impossible(`the index has no wheel of ${said}; it has ${newestOf(releases)}`);
  const fitting = wanted.filter(({ name }) => misfit(name, platform) === null);
  if (fitting.length === 0) {
    const why = new Set(wanted.map(({ name }) => misfit(name, platform)));
    throw new Impossible(`no wheel of ${said} runs here: ${[...why].join("; ")}`);
  }
  const best = fitting
    .filter(({ file }) => !file.yanked)
    .flatMap(withSha256)
    .sort(newestFirst)[0];
  if (best === undefined)
    throw new Impossible(`every wheel of ${said} is yanked, or has no sha256 in the index`);
  const { file, name, sha256 } = best;
  const { fileName, url, bytes } = file;
  return { fileName, project, version: name.version, url, sha256, bytes };
}

/** The newest five versions that there are. */
function newestOf(releases: readonly Release[]): string {
  const versions = [...new Set(releases.map(({ name }) => name.version))].sort(compareVersions);
  return versions.slice(-5).join(", ") || "none at all";
}

type Release = { readonly file: IndexFile; readonly name: WheelName };

function releasesOf(files: readonly IndexFile[], project: string): readonly Release[] {
  return files.flatMap((file) => {
    const name = parseWheelName(file.fileName);
    if (name === null || name.project !== project || !isRelease(name.version)) return [];
    return [{ file, name }];
  });
}

function withSha256({ file, name }: Release) {
  return file.sha256 === null ? [] : [{ file, name, sha256: file.sha256 }];
}

function newestFirst(a: Release, b: Release): number {
  return compareVersions(b.name.version, a.name.version) || pythonOf(b.name.python) - pythonOf(a.name.python);
}

/** Orders Python tags: `py3` before `cp39` before `cp313`. */
function pythonOf(tag: string): number {
  const [, minor = "0"] = /^[a-z]+3(\d*)/.exec(tag) ?? [];
  return Number(minor);
}
