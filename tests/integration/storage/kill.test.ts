import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openStorage } from '../../../src-main/storage/storage.ts';
import { asFloat32, makeRecord } from '../../unit/storage/records.ts';
import { temporaryFolder } from './temp.ts';

test('a process killed while it writes loses no committed round, and its run is marked as crashed', async () => {
  const home = temporaryFolder();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'write-until-killed.ts'), home], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let id = '';
  let committed = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    const [kind, value = ''] = line.split(' ');
    if (kind === 'run') {
      id = value;
      // A second process that looks in while the first one lives leaves its run alone.
      const other = openStorage(home);
      expect(other.runs.summary(id)?.status).toBe('running');
      other.close();
    } else {
      committed = Number(value);
      if (committed === 40) child.kill('SIGKILL');
    }
  }
  expect(await exited).toEqual([null, 'SIGKILL']);

  const storage = openStorage(home);
  const run = storage.runs.open(id);
  if (run === null) throw new Error('the run is gone');
  expect(run.summary.status).toBe('crashed');
  expect(run.summary.reason).toBe(`Process ${child.pid}, which made this run, ended before the run did.`);
  expect(run.rounds.length).toBeGreaterThanOrEqual(committed + 1);
  expect(run.summary.totals.rounds).toBe(run.rounds.length);
  expect(run.summary.totals.newTokens).toBe(run.tokens.length);
  for (const round of run.rounds) {
    const record = makeRecord(round.index);
    expect(round).toEqual(record.round);
    expect(storage.runs.round(id, round.index)?.tree).toEqual(asFloat32(record.tree));
  }
  storage.close();
});
