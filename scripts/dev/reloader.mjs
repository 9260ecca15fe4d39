/** Turns changes of sources into restarts: many changes at once cause one, and none overlaps another. */
const QUIET_MS = 100;

/**
 * @param {object} actions
 * @param {() => Promise<{code: number, output: string}>} actions.compile
 * @param {() => Promise<void>} actions.restart called after each compilation that succeeded
 * @param {(line: string) => void} [actions.say]
 */
export function createReloader({ compile, restart, say = console.log }) {
  let timer;
  let isWorking = false;
  let hasChanged = false;

  async function reload() {
    isWorking = true;
    while (hasChanged) {
      hasChanged = false;
      await reloadOnce();
    }
    isWorking = false;
  }

  async function reloadOnce() {
    const startedAtMs = Date.now();
    const { code, output } = await compile();
    // A file that was saved during the compilation may be compiled by half.
    if (hasChanged) return;
    if (code !== 0)
      return say(`${output.trimEnd()}\nthe server runs on as it was: the sources do not compile`);
    try {
      await restart();
      say(`server restarted in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`);
    } catch (error) {
      say(`${error.message}\nthe server starts again after the next change`);
    }
  }

  return {
    /** A source has changed. */
    changed() {
      hasChanged = true;
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!isWorking) void reload();
      }, QUIET_MS);
    },
  };
}
