/**
 * Scores for ROC curves from a network's logits, kept class by class. A class's score is its log-odds, log p - log (1 -
 * p): it has the order of the probability p, but does not round to 1 where the network is sure.
 * Legend: N examples, K classes.
 */
import { rocAuc, rocAucOfCounts } from "./roc-auc.ts";

/** Scores taken so far. `add` and `auc` are exact, or both work on scores in bins. */
export type ClassScores = {
  /** Takes the logits [K] of one example, from `offset` on, and its label. */
  add(logits: Float32Array, offset: number, label: number): void;
  /** The area under the ROC curve of class `k` against the rest; null where either has no example. */
  auc(k: number): number | null;
};

/** At most so many scores are kept as they are: 16 MB. */
const MOST_SCORES = 4_000_000;
/** Otherwise they are counted in bins of 1/32, from -32 to 32, which no longer grow with the examples. */
const BINS = 2048;
const BINS_PER_UNIT = 32;

/** Room for `examples` examples of `classes` classes. Memory is at most 16 MB, or 16 kB for each class. */
export function createClassScores(classes: number, examples: number): ClassScores {
  return classes * examples <= MOST_SCORES ? exactScores(classes, examples) : binnedScores(classes);
}

function exactScores(classes: number, examples: number): ClassScores {
  const scores = Array.from({ length: classes }, () => new Float32Array(examples));
  const labels = new Uint16Array(examples);
  let count = 0;
  const scoresWhere = (k: number, isOwn: boolean) =>
    (scores[k] as Float32Array).filter((_, i) => i < count && (labels[i] === k) === isOwn);
  return {
    add(logits, offset, label) {
      for (let k = 0; k < classes; k++) {
        (scores[k] as Float32Array)[count] = logOdds(logits, offset, classes, k);
      }
      labels[count] = label;
      count += 1;
    },
    auc: (k) => rocAuc(scoresWhere(k, true), scoresWhere(k, false)),
  };
}

function binnedScores(classes: number): ClassScores {
  const counts = () => Array.from({ length: classes }, () => new Uint32Array(BINS));
  const [own, rest] = [counts(), counts()];
  return {
    add(logits, offset, label) {
      for (let k = 0; k < classes; k++) {
        const tally = (k === label ? own[k] : rest[k]) as Uint32Array;
        const bin = binOf(logOdds(logits, offset, classes, k));
        tally[bin] = (tally[bin] as number) + 1;
      }
    },
    auc: (k) => rocAucOfCounts(own[k] as Uint32Array, rest[k] as Uint32Array),
  };
}

function binOf(score: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS_PER_UNIT + BINS / 2)));
}

/** z_k - log sum_{j != k} exp z_j */
function logOdds(logits: Float32Array, offset: number, classes: number, k: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < classes; j++) if (j !== k) most = Math.max(most, logits[offset + j] as number);
  let sum = 0;
  for (let j = 0; j < classes; j++) if (j !== k) sum += Math.exp((logits[offset + j] as number) - most);
  return (logits[offset + k] as number) - most - Math.log(sum);
}
