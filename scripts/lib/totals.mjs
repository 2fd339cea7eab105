/** Counting tests over several runners. */

/**
 * @typedef {object} Totals
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 */

/** @returns {Totals} */
export const none = () => ({ passed: 0, failed: 0, skipped: 0 });

/** @param {readonly Totals[]} all @returns {Totals} */
export function sum(all) {
  return all.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
    }),
    none(),
  );
}

/** The closing line. @param {Totals} totals */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Counts of a runner's report. A run that failed without a failed test (a file that does not load, a crash, no
 * report) counts as one failure, so that it cannot pass unseen.
 * @param {Totals | null} counts null: the runner wrote no report
 * @param {number} code the runner's exit status
 * @returns {Totals}
 */
export function settle(counts, code) {
  const known = counts ?? none();
  return code !== 0 && known.failed === 0 ? { ...known, failed: 1 } : known;
}

/** @param {unknown} report of Vitest's JSON reporter @returns {Totals | null} */
export function vitestTotals(report) {
  const read = (name) => (typeof report?.[name] === 'number' ? report[name] : null);
  const passed = read('numPassedTests');
  const failed = read('numFailedTests');
  const pending = read('numPendingTests');
  if (passed === null || failed === null || pending === null) return null;
  return { passed, failed, skipped: pending + (read('numTodoTests') ?? 0) };
}

/** @param {unknown} report of Playwright's JSON reporter @returns {Totals | null} */
export function playwrightTotals(report) {
  const stats = report?.stats;
  if (typeof stats?.expected !== 'number') return null;
  return {
    // a test that passed on its second try has passed, but its line in the list says flaky
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + (report.errors?.length ?? 0),
    skipped: stats.skipped,
  };
}

/** `reason (title)` of every skipped Playwright test. @param {unknown} report @returns {string[]} */
export function playwrightSkips(report) {
  return suites(report?.suites ?? []).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'skipped')
      .map((test) => {
        const reason = test.annotations.find((annotation) => annotation.type === 'skip')?.description;
        return `${reason ?? 'no reason given'} (${spec.title})`;
      }),
  );
}

function suites(list) {
  return list.flatMap((suite) => [...(suite.specs ?? []), ...suites(suite.suites ?? [])]);
}
