/** What the code says about itself: doc comments on exports, reasons beside forced casts. */
import { walk } from "./source-files.mjs";

/**
 * Exported declarations. A name that is declared twice, as a schema and its type or as overloads, counts once and
 * is documented where one of its declarations is.
 * @param {import("./source-files.mjs").SourceFile} file
 * @returns {{path: string, line: number, name: string, isDocumented: boolean}[]}
 */
export function exportsOf(file) {
  const byName = new Map();
  for (const node of file.program.body) {
    const isDefault = node.type === "ExportDefaultDeclaration";
    if (!isDefault && node.type !== "ExportNamedDeclaration") continue;
    for (const name of isDefault ? ["default"] : namesOf(node.declaration)) {
      const isDocumented = hasDocComment(file, node) || (byName.get(name)?.isDocumented ?? false);
      const line = byName.get(name)?.line ?? file.lineAt(node.start);
      byName.set(name, { path: file.path, line, name, isDocumented });
    }
  }
  return [...byName.values()];
}

function namesOf(declaration) {
  if (declaration == null) return [];
  if (declaration.type === "VariableDeclaration")
    return declaration.declarations.flatMap(({ id }) => patternNames(id));
  return [declaration.id.name ?? String(declaration.id.value)];
}

function patternNames(pattern) {
  if (pattern.type === "Identifier") return [pattern.name];
  const names = [];
  walk(pattern, (node, ancestors) => {
    const isKey = ancestors.at(-1)?.type === "Property" && ancestors.at(-1).key === node;
    if (node.type === "Identifier" && !isKey) names.push(node.name);
  });
  return names;
}

/** A doc comment that ends right before the declaration; comments for tools may stand between. */
function hasDocComment(file, node) {
  let end = node.start;
  for (const comment of file.comments.filter((comment) => comment.end <= node.start).reverse()) {
    if (file.text.slice(comment.end, end).trim() !== "") return false;
    if (comment.type === "Block" && comment.value.startsWith("*")) return true;
    end = comment.start;
  }
  return false;
}

/**
 * Every `as unknown as`. A comment on its line, or one that ends on the line above it or above its statement,
 * counts as the reason.
 * @param {import("./source-files.mjs").SourceFile} file
 * @returns {{path: string, line: number, hasReason: boolean}[]}
 */
export function forcedCasts(file) {
  const found = [];
  const commentLines = new Set(file.comments.map((comment) => file.lineAt(comment.end - 1)));
  walk(file.program, (node, ancestors) => {
    const inner = node.expression;
    if (node.type !== "TSAsExpression" || inner.type !== "TSAsExpression") return;
    if (inner.typeAnnotation.type !== "TSUnknownKeyword") return;
    const line = file.lineAt(inner.typeAnnotation.start);
    const statement = ancestors.findLast(({ type }) => /Statement$|Declaration$/.test(type)) ?? node;
    const lines = [line, line - 1, file.lineAt(statement.start) - 1];
    found.push({ path: file.path, line, hasReason: lines.some((number) => commentLines.has(number)) });
  });
  return found;
}
