/** Rows of a table that are left out, grouped by why, with their lines. */
import { describeRejection, type Rejections } from "@tributary/datasets/tables";
import type { LeftOut } from "./left-out.ts";

/** One group for each reason and column; its words are those of its first row. */
export function leftOutRows({ counts, first }: Rejections): readonly LeftOut[] {
  return counts.map(({ reason, column, count }) => {
    const listed = first.filter((row) => row.reason === reason && row.column === column);
    const [example] = listed;
    const words = example === undefined ? reason : describeRejection(example);
    const names = listed.map(({ line, value }) => `line ${line}: ${JSON.stringify(value)}`);
    return { words, folder: "", count, names };
  });
}
