/** Starting other programs: plain promises, time limits, and the tail of what they said when they failed. */
import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * @typedef {object} Result
 * @property {number} code exit status; 127 when the program could not be started, 124 when the time was up
 * @property {string} output stdout and stderr together, empty when `show` was set
 */

/**
 * Runs a program to its end; never throws.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, show?: boolean, timeout?: number, shell?: boolean }} [options]
 *   `show`: its output goes to this terminal; `timeout` in milliseconds
 * @returns {Promise<Result>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    let output = '';
    let late = false;
    const child = spawn(command, args, {
      cwd: root,
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    const timer =
      options.timeout === undefined
        ? undefined
        : setTimeout(() => {
            late = true;
            child.kill('SIGKILL');
          }, options.timeout);
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, output: output + error.message });
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : (code ?? (signal === null ? 1 : 128)), output });
    });
  });
}

/** The last `count` lines that say anything. */
export function tail(text, count = 20) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

/** A failure whose message is all that the user needs: printed without a stack. */
export class SetupError extends Error {}

/** Prints an error the way every script ends on one, and sets the exit code. */
export function report(error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
