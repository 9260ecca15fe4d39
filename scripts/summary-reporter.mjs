/** A Vitest reporter that names the skipped tests with their reasons. Its last line is `N passed, N failed`. */
import { writeFileSync } from "node:fs";

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const summary = summarize(modules, unhandledErrors);
    for (const name of summary.skipped) console.log(`skipped: ${name}`);
    // scripts/test.mjs adds the other stages to these counts.
    if (process.env.TEST_SUMMARY_FILE) {
      writeFileSync(process.env.TEST_SUMMARY_FILE, JSON.stringify(summary));
    }
    console.log(`${summary.passed} passed, ${summary.failed} failed`);
  }
}

/**
 * Counts tests. A test that did not run because a hook failed counts as failed. A file that cannot be loaded and an
 * error outside any test count as one failure each.
 */
export function summarize(modules, unhandledErrors) {
  const summary = { passed: 0, failed: unhandledErrors.length, skipped: [] };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") summary.passed += 1;
      else if (result.state === "skipped" && wasMeantToBe(test))
        summary.skipped.push(describeSkip(test, result));
      else failedTests += 1;
    }
    if (failedTests === 0 && module.state() === "failed") failedTests = 1;
    summary.failed += failedTests;
  }
  return summary;
}

function wasMeantToBe(test) {
  return test.options.mode === "skip" || test.options.mode === "todo";
}

function describeSkip(test, result) {
  return result.note ? `${test.fullName} (${result.note})` : test.fullName;
}
