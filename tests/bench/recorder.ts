/**
 * What the server does with an engine's rounds, as a process of its own: validate every message, write every round to
 * SQLite. The benchmark stands for the engine process, so the roles and the wire are those of the real workbench.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromEngineSchema } from '../../src-main/engine/messages.ts';
import type { RunWriter } from '../../src-main/storage/run-writer.ts';
import { openStorage } from '../../src-main/storage/storage.ts';
import { benchSample, benchSpec } from './recording.ts';

const home = mkdtempSync(join(tmpdir(), 'specula-bench-'));
const storage = openStorage(home);
const writers = new Map<string, RunWriter>();

process.on('message', (raw) => {
  const message = fromEngineSchema.parse(raw);
  if (message.kind === 'rounds') {
    let writer = writers.get(message.runId);
    if (!writer) {
      writer = storage.runs.create(benchSpec, benchSample);
      writers.set(message.runId, writer);
    }
    for (const record of message.records) writer.round(record);
  } else if (message.kind === 'end') {
    writers.get(message.runId)?.end('done', null);
    process.send?.(message.runId);
  }
});
process.on('disconnect', () => {
  storage.close();
  rmSync(home, { recursive: true, force: true });
  process.exit(0);
});
