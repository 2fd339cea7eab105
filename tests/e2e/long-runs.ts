/** Runs that last long enough to be paused or to be cut off: random-weight models, which never end an answer. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { required } from '../../src-shared/domain/assert.ts';
import { fixtureModels } from '../fixtures/gguf/index.ts';
import { control, openLink, setUp } from './flows.ts';
import type { TestServer } from './server.ts';

/** Adds the random-weight models and decodes a few tokens with them. Returns the id of that run. */
export async function recordSlow(server: TestServer): Promise<string> {
  const { target, projector, draft } = await fixtureModels();
  const added = async (path: string): Promise<string> =>
    required(/^Added (\S+):/.exec(await server.cli('models', 'add', path))?.[1], 'the id of the model');
  const models = ['--target', await added(target), '--projector', await added(projector)];
  return server.record(
    ...['--sample', 'specula_001', ...models, '--draft', await added(draft)],
    ...['--max-tokens', '4'],
  );
}

/** Opens that run, takes its settings over and raises the limit: what is started now goes on for many seconds. */
export async function prepareLongRun(page: Page, slowRun: string): Promise<void> {
  await openLink(page, `#/inspect?run=${slowRun}`);
  await page.getByRole('button', { name: 'Use its settings' }).click();
  await setUp(page, 'Prompt', async (form) => {
    const field = form.getByRole('textbox', { name: 'Most tokens per turn' });
    await field.fill('3000');
    await field.press('Enter');
  });
  await expect(control(page, 'Run')).toBeEnabled();
}

/** Process id of the engine of a server: its child process. */
export function enginePid(serverPid: number): number {
  const engine = childrenOf(serverPid).find(({ command }) => command.includes('engine'));
  return required(engine, `the engine of the server ${serverPid}`).pid;
}

/** Small Linux images come without ps, other systems without /proc. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  const tasks = `/proc/${parent}/task`;
  if (existsSync(tasks)) {
    const pids = readdirSync(tasks).flatMap((task) =>
      readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return pids.map((pid) => ({ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }));
  }
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args=']).toString().split('\n');
  return lines.flatMap((line) => {
    const [, pid, ppid, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return Number(ppid) === parent ? [{ pid: Number(pid), command }] : [];
  });
}
