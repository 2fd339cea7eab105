/** Memory of a running workbench: the server's process and its engine process, resident set size in MB. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { type Message, messageSchema } from '../../src-shared/contract/transport.ts';
import { defaultMethod } from '../../src-shared/domain/method.ts';
import { runSummarySchema } from '../../src-shared/domain/run.ts';
import { builtIn } from '../fixtures/samples.ts';
import { root } from './bench-models.ts';
import { benchSpec } from './recording.ts';

export interface Memory {
  readonly server: number;
  readonly engine: number;
}

/** Serves the workbench, makes one run with the built-in models, and reads both processes' memory (Linux). */
export async function measureMemory(): Promise<Memory> {
  const home = mkdtempSync(join(tmpdir(), 'specula-bench-'));
  const server = spawn(
    process.execPath,
    [join(root, 'src-main', 'cli.ts'), 'serve', '--port', '0', '--no-open'],
    {
      env: { ...process.env, SPECULA_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const url = new URL(await printedAddress(server));
    await oneRun(url);
    const engine = childrenOf(server.pid ?? 0)[0];
    if (engine === undefined) throw new Error('the server has no engine process');
    return { server: residentMb(server.pid ?? 0), engine: residentMb(engine) };
  } finally {
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGINT');
    await gone;
    rmSync(home, { recursive: true, force: true });
  }
}

function printedAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const found = /http:\/\/\S+/.exec(text)?.[0];
      if (found) resolve(found);
    });
    server.once('exit', () => reject(new Error(`the server ended: ${text}`)));
  });
}

async function oneRun(url: URL): Promise<void> {
  const socket = new WebSocket(`ws://${url.host}/socket${url.search}`, { origin: url.origin });
  const spec = {
    ...benchSpec,
    dataSetId: builtIn,
    sampleId: 'specula_161',
    draft: 'specula-tiny-draft-text',
    method: defaultMethod('draft-model'),
  };
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () =>
      socket.send(JSON.stringify({ id: 1, call: 'runs.start', input: { spec, step: false } })),
    );
    socket.on('error', reject);
    socket.on('message', (data) => {
      const message: Message = messageSchema.parse(JSON.parse(String(data)));
      if (message.kind === 'failure') reject(new Error(message.failure.message));
      if (message.kind === 'event' && message.event === 'run.summary') {
        const { status } = runSummarySchema.parse(message.data);
        if (status === 'done') resolve();
        else if (status !== 'running') reject(new Error(`the run ended as ${status}`));
      }
    });
  });
  socket.close();
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function residentMb(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}
