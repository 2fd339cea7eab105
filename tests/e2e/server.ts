/** The real server of `specula serve` as a child process, with a home folder of its own. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectNode, root } from '../../scripts/lib/paths.mjs';

const runFile = promisify(execFile);

export interface TestServer {
  /** address with the token, as it is printed for the user */
  readonly address: string;
  /** SPECULA_HOME: the database lies here */
  readonly home: string;
  readonly pid: number;
  /** everything that the server printed so far */
  readonly log: () => string;
  /** Runs the command line on the server's home, e.g. `cli('models', 'add', path)`. Returns what it printed. */
  cli(...args: string[]): Promise<string>;
  /** Decodes a sample with `specula run` and returns the id of the recorded run. */
  record(...args: string[]): Promise<string>;
  /** Ends the server the way Ctrl+C does and starts it again on the same home. */
  restart(): Promise<void>;
}

interface Running {
  readonly address: string;
  readonly pid: number;
  readonly log: () => string;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;
const cli = 'src-main/cli.ts';

const environment = (home: string) => ({ ...process.env, SPECULA_HOME: home });

async function start(home: string): Promise<Running> {
  const child = spawn(projectNode, [cli, 'serve', '--port', '0', '--no-open'], {
    cwd: root,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let log = '';
  const address = await new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the server ${why}; it printed:\n${log}`));
    const timer = setTimeout(() => fail('gave no address in time'), startLimitMs);
    const read = (chunk: string): void => {
      log += chunk;
      const found = /http:\/\/\S+(?=\s)/.exec(log);
      if (found !== null) {
        clearTimeout(timer);
        resolve(found[0]);
      }
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', (code) => fail(`ended with ${code}`));
  });
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) log += `\nthe server ended by itself: ${signal ?? code}`;
  });
  return {
    address,
    pid: child.pid ?? 0,
    log: () => log,
    async stop() {
      stopping = true;
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function runCli(home: string, args: readonly string[]): Promise<string> {
  const { stdout } = await runFile(projectNode, [cli, ...args], {
    cwd: root,
    env: environment(home),
    maxBuffer: 1 << 26,
  });
  return stdout;
}

/**
 * Starts a server, hands it to `use`, and removes its home afterwards.
 * @param prepare fills the home before the server starts
 */
export async function withServer(
  use: (server: TestServer) => Promise<void>,
  prepare: (home: string) => void = () => {},
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'specula-e2e-'));
  prepare(home);
  let running = await start(home);
  try {
    await use({
      get address() {
        return running.address;
      },
      get pid() {
        return running.pid;
      },
      home,
      log: () => running.log(),
      cli: (...args) => runCli(home, args),
      async record(...args) {
        const printed = await runCli(home, ['run', ...args]);
        const id = /^run +(\S+)/m.exec(printed)?.[1];
        if (id === undefined) throw new Error(`specula run printed no run id:\n${printed}`);
        return id;
      },
      async restart() {
        await running.stop();
        running = await start(home);
      },
    });
  } finally {
    await running.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
