/**
 * The area under the ROC curve as a rank statistic: the share of pairs of a positive and a negative example in which the
 * positive one has the higher score, ties counted half (Hanley and McNeil, Radiology 1982).
 */

/** The area, 0..1, from the scores of both kinds of examples in any order; null where one kind is missing. */
export function rocAuc(positives: Float32Array, negatives: Float32Array): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const [up, down] = [positives.toSorted(), negatives.toSorted()];
  // Of the negatives, `below` lie below the positive at hand, and those up to `through` are not above it.
  let [below, through, halves] = [0, 0, 0];
  for (const score of up) {
    while (below < down.length && (down[below] as number) < score) below++;
    through = Math.max(through, below);
    while (through < down.length && (down[through] as number) <= score) through++;
    halves += below + through;
  }
  return halves / 2 / up.length / down.length;
}

/** The area from counts of examples by score: bin i + 1 holds higher scores than bin i. */
export function rocAucOfCounts(positives: Uint32Array, negatives: Uint32Array): number | null {
  let [positive, negative, halves] = [0, 0, 0];
  for (let bin = 0; bin < positives.length; bin++) {
    const [more, others] = [positives[bin] as number, negatives[bin] as number];
    halves += more * (2 * negative + others);
    positive += more;
    negative += others;
  }
  return positive === 0 || negative === 0 ? null : halves / 2 / positive / negative;
}
