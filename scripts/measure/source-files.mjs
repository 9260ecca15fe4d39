/** The repository's own code: every file that git tracks or would track, parsed once. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "rolldown/utils";

const CODE = /\.(ts|tsx|mts|mjs|cjs|js)$/;
/** Folders that hold packages: their members are counted one by one. */
const HOUSES = new Set(["packages", "apps"]);

/**
 * @typedef {object} SourceFile
 * @property {string} path relative to the repository, with slashes
 * @property {string} room the package, app or folder that the file belongs to
 * @property {boolean} isTest a test or support for tests
 * @property {number} lines
 * @property {import("@oxc-project/types").Program} program
 * @property {readonly {type: "Line" | "Block", value: string, start: number, end: number}[]} comments in order
 * @property {string} text
 * @property {(offset: number) => number} lineAt the line, from 1, of a position in the text
 */

/**
 * Reads every code file below `root`.
 * @param {string} root a git working tree
 * @returns {SourceFile[]}
 * @throws {Error} when a file cannot be parsed
 */
export function readSources(root) {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: root, encoding: "utf8" });
  const gone = new Set(deleted.split("\0"));
  return [...new Set(listed.split("\0"))]
    .filter((path) => CODE.test(path) && !gone.has(path))
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), "utf8")));
}

/** @returns {SourceFile} */
export function parseSource(path, text) {
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0].message}`);
  const starts = lineStarts(text);
  return {
    path,
    room: roomOf(path),
    isTest: isTest(path),
    lines: text === "" ? 0 : starts.length - (text.endsWith("\n") ? 1 : 0),
    program,
    comments,
    text,
    lineAt: (offset) => upperBound(starts, offset),
  };
}

function roomOf(path) {
  const [first, second, third] = path.split("/");
  if (second === undefined) return ".";
  return HOUSES.has(first) && third !== undefined ? `${first}/${second}` : first;
}

function isTest(path) {
  return /\.test\.[a-z]+$/.test(path) || path.split("/").includes("testing");
}

function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** How many of the ascending `values` are at most `value`. */
function upperBound(values, value) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Calls `visit(node, ancestors)` for every node, parents first. `ancestors` ends with the node's parent, and is
 * valid only during the call.
 */
export function walk(node, visit, ancestors = []) {
  visit(node, ancestors);
  ancestors.push(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") walk(child, visit, ancestors);
    }
  }
  ancestors.pop();
}
