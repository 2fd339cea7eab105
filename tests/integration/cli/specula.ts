/** Runs `specula` as a user does: through its start script, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../../src-main/serve.ts';

export interface Result {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly done: Promise<Result>;
  /** Resolves once the output matches; rejects when the command ends before that. */
  outMatches(pattern: RegExp): Promise<void>;
}

export function start(home: string, args: readonly string[], cwd = root): Running {
  const child = spawn(process.execPath, [join(root, 'scripts', 'specula.mjs'), ...args], {
    cwd,
    env: { ...process.env, SPECULA_HOME: home, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const done = once(child, 'close').then(([code]) => ({ code, out, err }));
  return {
    child,
    out: () => out,
    done,
    async outMatches(pattern) {
      let ended = false;
      void done.then(() => {
        ended = true;
      });
      while (!pattern.test(out)) {
        if (ended) throw new Error(`ended before ${pattern}: ${out}${err}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

export function specula(home: string, ...args: string[]): Promise<Result> {
  return start(home, args).done;
}
