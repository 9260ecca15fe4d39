/** What is said to a person about a file that is not read. */
import type { TableQuestion, TableRefusal } from "./table-start.ts";

/** Why a file is refused, and what to do. */
export function describeRefusal(refusal: TableRefusal): string {
  const { reason } = refusal;
  switch (reason) {
    case "empty-file":
      return "the file is empty: choose a CSV file";
    case "binary":
      return "the file holds bytes that are no text: save it as CSV";
    case "no-header":
      return "the first row holds no names of columns: put the columns' names into the first row";
    case "no-rows":
      return "the file holds a first row with names, and no rows below it";
    case "too-many-rows":
      return "the rows need more than 1 GiB of memory: choose a smaller file";
    case "long-row":
      return `line ${refusal.line} does not end within 262,144 characters: choose a CSV file with a row on each line`;
    case "broken-quotes":
      return `too many quotes are not closed or not doubled, at line ${refusal.line} at the latest: save the file as CSV again`;
    case "foreign-format":
      return `the file is ${refusal.format.name}, not CSV: ${refusal.format.advice}`;
    case "repeated-columns":
      return `the first row names ${listed(refusal.names)} twice: give each column a name of its own`;
    case "no-group-column":
      return `the file has no column ${JSON.stringify(refusal.name)}: choose one of ${listed(refusal.header)}`;
    default:
      return reason satisfies never;
  }
}

/** What a person must decide. */
export function describeQuestion(question: TableQuestion): string {
  switch (question.kind) {
    case "columns": {
      const columns = question.undecided.map(({ column, suggestions }) =>
        suggestions.length === 0
          ? JSON.stringify(column)
          : `${JSON.stringify(column)} (${suggestions.map((name) => JSON.stringify(name)).join(" or ")}?)`,
      );
      return `the file's first row does not name the task's columns ${columns.join(", ")}: say which columns they are`;
    }
    case "decimal": {
      const examples = question.examples.map(({ line, column, text }) => `${text} (line ${line}, ${column})`);
      return `numbers may have a decimal comma or groups of thousands: ${examples.join(", ")}: say which sign stands before decimals`;
    }
    default:
      return question satisfies never;
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
