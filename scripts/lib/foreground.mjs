/** The one program that a script hands the terminal to. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './paths.mjs';

/**
 * Runs a program until it ends. Ctrl+C, a closed terminal and SIGTERM are passed on, once, so that it can end in
 * order; a second Ctrl+C passes on another one.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, signal: NodeJS.Signals | null, asked: boolean }>}
 *   `asked`: it ended because it was asked to
 */
export function supervise(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'inherit', 'inherit'],
      // A group of its own: the terminal's Ctrl+C would reach it besides the one passed on here.
      detached: process.platform !== 'win32',
    });
    let asked = false;
    const pass = (signal) => {
      asked = true;
      child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const done = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.on('error', (error) => {
      done();
      reject(error);
    });
    child.on('close', (code, signal) => {
      done();
      resolve({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), signal, asked });
    });
  });
}
