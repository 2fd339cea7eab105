/** Progress lines: `[2/4] packages … 31.2 s`. */

/** @param {number} total number of steps to come */
export function stepPrinter(total) {
  let done = 0;
  /**
   * Runs one step and prints its line: `work` returns what to say about it. A step that shows its own output
   * calls `opened()` first, so that its lines start below the step's name.
   * @param {string} name
   * @param {(opened: () => void) => Promise<string>} work
   */
  return async (name, work) => {
    done += 1;
    const label = `[${done}/${total}] ${name}`;
    const started = performance.now();
    let open = false;
    const opened = () => {
      if (!open) console.log(`${label} …`);
      open = true;
    };
    try {
      const said = await work(opened);
      console.log(`${label}: ${said} (${seconds(performance.now() - started)})`);
    } catch (error) {
      console.log(`${label}: failed after ${seconds(performance.now() - started)}`);
      throw error;
    }
  };
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
