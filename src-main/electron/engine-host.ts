/** The engine as a utility process of Electron, behind the same interface as Node's child process. */
import { utilityProcess } from 'electron';
import { type ForkEngine, lineSplitter } from '../engine/host.ts';

/** @param entry path of the built engine entry */
export function electronEngine(entry: string): ForkEngine {
  return () => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Specula engine',
      stdio: 'pipe',
      // keeps ggml from starting a debugger when an assertion fails
      env: { ...process.env, GGML_NO_BACKTRACE: '1' },
    });
    return {
      get pid() {
        return child.pid;
      },
      post(message) {
        child.postMessage(message);
      },
      onMessage(listener) {
        child.on('message', listener);
      },
      onExit(listener) {
        child.once('exit', (code) => listener(code, null));
      },
      onLine(listener) {
        for (const stream of [child.stdout, child.stderr]) {
          const split = lineSplitter(listener);
          stream?.on('data', (chunk: Buffer) => split(chunk.toString('utf8')));
        }
      },
      kill() {
        // utilityProcess.kill() asks politely; an engine stuck in a kernel does not listen.
        if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
      },
    };
  };
}
