/** Answers that may never come. */

/** The promise's outcome, or a rejection with `silence` after `limitMs`. */
export function withinTime<T>(answer: Promise<T>, limitMs: number, silence: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(silence)), limitMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
