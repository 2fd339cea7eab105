/** The real server of `specula serve` as a child process, with a home folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectNode, root } from '../../scripts/lib/paths.mjs';

export interface TestServer {
  /** address with the token, as it is printed for the user */
  readonly address: string;
  /** SPECULA_HOME: the database lies here */
  readonly home: string;
  /** everything that the server printed so far */
  readonly log: () => string;
  /** Ends the server the way Ctrl+C does and starts it again on the same home. */
  restart(): Promise<void>;
}

interface Running {
  readonly address: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

const startLimitMs = 60_000;

async function start(home: string): Promise<Running> {
  const child = spawn(projectNode, ['src-main/cli.ts', 'serve', '--port', '0'], {
    cwd: root,
    env: { ...process.env, SPECULA_HOME: home },
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
  return {
    address,
    log: () => log,
    async stop() {
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Starts a server, hands it to `use`, and removes its home afterwards. */
export async function withServer(use: (server: TestServer) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'specula-e2e-'));
  let running = await start(home);
  try {
    await use({
      get address() {
        return running.address;
      },
      home,
      log: () => running.log(),
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
