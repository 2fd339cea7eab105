import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The engine's process, whatever the host: a child process in Node, a utility process in Electron. */
export interface EngineProcess {
  readonly pid: number | undefined;
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** code is null when a signal ended it */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** every line of stdout and stderr */
  onLine(listener: (line: string) => void): void;
  kill(): void;
}

export type ForkEngine = () => EngineProcess;

/** Cuts a stream of text chunks into lines. */
export function lineSplitter(emit: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') emit(line);
  };
}

/**
 * The engine as a child process of Node. `serialization: 'advanced'` lets typed arrays through.
 * GGML_NO_BACKTRACE keeps ggml from starting a debugger when an assertion fails.
 */
export const forkNodeEngine: ForkEngine = () => {
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, GGML_NO_BACKTRACE: '1' },
  });
  return {
    get pid() {
      return child.pid;
    },
    post(message) {
      // A process that just died is reported by onExit; a send that loses the race adds nothing to it.
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage(listener) {
      child.on('message', listener);
    },
    onExit(listener) {
      child.once('close', (code, signal) => listener(code, signal));
      child.once('error', () => listener(null, null));
    },
    onLine(listener) {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', lineSplitter(listener));
      }
    },
    kill() {
      child.kill('SIGKILL');
    },
  };
};
