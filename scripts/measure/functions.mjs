/** Functions and their lengths. */
import { walk } from "./source-files.mjs";

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);

/**
 * Every function with a body, nested ones too: each counts with all lines from its first to its last.
 * @param {import("./source-files.mjs").SourceFile} file
 * @returns {{path: string, line: number, lines: number, name: string | null}[]} `name` is null for a function
 *   that is neither declared, nor a method, nor assigned to a name or a property
 */
export function functionsOf(file) {
  const found = [];
  walk(file.program, (node, ancestors) => {
    if (!FUNCTIONS.has(node.type) || node.body == null) return;
    const line = file.lineAt(node.start);
    const lines = file.lineAt(node.end - 1) - line + 1;
    found.push({ path: file.path, line, lines, name: nameOf(node, ancestors) });
  });
  return found;
}

function nameOf(node, ancestors) {
  if (node.id != null) return node.id.name;
  if (node.type === "FunctionDeclaration") return "default";
  const parent = ancestors.at(-1);
  switch (parent.type) {
    case "VariableDeclarator":
      return parent.init === node ? textOf(parent.id) : null;
    case "AssignmentExpression":
      return parent.right === node ? textOf(parent.left) : null;
    case "Property":
    case "PropertyDefinition":
    case "AccessorProperty":
    case "MethodDefinition":
      return parent.value === node ? textOf(parent.key) : null;
    default:
      return null;
  }
}

/** The last part of a name: `b` of `a.b`. */
function textOf(target) {
  if (target.type === "Identifier") return target.name;
  if (target.type === "PrivateIdentifier") return `#${target.name}`;
  if (target.type === "MemberExpression") return textOf(target.property);
  return target.type === "Literal" ? String(target.value) : "computed";
}

/**
 * @param {readonly number[]} values
 * @param {number} share 0 to 1
 * @returns {number} the smallest value that at least `share` of all values do not exceed; 0 of none
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
