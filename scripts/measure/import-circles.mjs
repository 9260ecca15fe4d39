/** Circles of imports between files, those of types included. */
import { dirname, join, normalize } from "node:path";
import { sourceEntries } from "../workspace.mjs";
import { walk } from "./source-files.mjs";

/**
 * @param {readonly import("./source-files.mjs").SourceFile[]} files
 * @param {string} root
 * @returns {string[][]} for each group of files that reach each other, one shortest circle of paths
 */
export function importCircles(files, root) {
  const entries = sourceEntries(root);
  const paths = new Set(files.map(({ path }) => path));
  const graph = new Map(
    files.map((file) => {
      const targets = importsOf(file).map((specifier) => resolveImport(file.path, specifier, entries));
      return [file.path, [...new Set(targets.filter((target) => paths.has(target)))]];
    }),
  );
  return components(graph).map((group) => shortestCircle(graph, new Set(group)));
}

/** What a file imports or re-exports: values, types, `import()` and `import("...")` types. */
function importsOf(file) {
  const specifiers = [];
  walk(file.program, (node) => {
    if (/^(Import|Export|TSImport)/.test(node.type) && typeof node.source?.value === "string")
      specifiers.push(node.source.value);
  });
  return specifiers;
}

function resolveImport(from, specifier, entries) {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  return entries.get(specifier) ?? null;
}

/** Groups of two or more nodes that reach each other, and nodes that reach themselves (Tarjan 1972). */
function components(graph) {
  const [index, low, stack, groups] = [new Map(), new Map(), [], []];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of graph.get(node)) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1 || graph.get(node).includes(node)) groups.push(group);
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return groups;
}

function shortestCircle(graph, group) {
  const circles = [...group].sort().map((start) => circleFrom(graph, group, start));
  return circles.reduce((best, circle) => (circle.length < best.length ? circle : best));
}

/** Breadth first from `start` until an import leads back to it. */
function circleFrom(graph, group, start) {
  const cameFrom = new Map([[start, null]]);
  for (const node of cameFrom.keys()) {
    for (const next of graph.get(node)) {
      if (next === start) return pathTo(cameFrom, node);
      if (group.has(next) && !cameFrom.has(next)) cameFrom.set(next, node);
    }
  }
  throw new Error(`${start} is on no circle`);
}

function pathTo(cameFrom, end) {
  const path = [];
  for (let node = end; node !== null; node = cameFrom.get(node)) path.unshift(node);
  return path;
}
