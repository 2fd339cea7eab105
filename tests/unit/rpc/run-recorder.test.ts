import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventName } from '#shared/contract/events.ts';
import { RunRecorder } from '../../../src-main/rpc/run-recorder.ts';
import { openStorage, type Storage } from '../../../src-main/storage/storage.ts';
import { makeRecord, sample, spec, turn } from '../storage/records.ts';

let home: string;
let storage: Storage;
let events: [EventName, unknown][];
let lost: string[];
let recorder: RunRecorder;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'specula-recorder-'));
  storage = openStorage(home);
  events = [];
  lost = [];
  recorder = new RunRecorder(
    storage.runs,
    (event, data) => events.push([event, data]),
    (runId) => lost.push(runId),
  );
});
afterEach(() => {
  storage.close();
  rmSync(home, { recursive: true, force: true });
});

test('windows hear of a round after it is in the database', () => {
  const runId = recorder.begin(spec, sample);
  recorder.turn(runId, turn);
  recorder.round(runId, makeRecord(0));
  expect(events.map(([event]) => event)).toEqual([
    'run.summary',
    'run.turn',
    'run.summary',
    'run.round',
    'run.summary',
  ]);
  expect(storage.runs.open(runId)?.rounds.length).toBe(1);
  expect(recorder.liveRunId).toBe(runId);
  recorder.end(runId, { status: 'done', reason: null });
  expect(recorder.liveRunId).toBeNull();
  expect(events.at(-1)?.[1]).toMatchObject({ status: 'done', totals: { rounds: 1 } });
});

test('events of a run that is not live are dropped', () => {
  const runId = recorder.begin(spec, sample);
  recorder.round('another', makeRecord(0));
  recorder.end(runId, { status: 'stopped', reason: 'stopped by the user' });
  const { length } = events;
  recorder.round(runId, makeRecord(0));
  recorder.state(runId, 'paused');
  recorder.end(runId, { status: 'done', reason: null });
  expect(events.length).toBe(length);
  expect(storage.runs.summary(runId)).toMatchObject({ status: 'stopped', totals: { rounds: 0 } });
});

test('a run that cannot be written any more fails with the reason, keeps its rounds and frees the engine', () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const runId = recorder.begin(spec, sample);
  recorder.round(runId, makeRecord(0));
  recorder.round(runId, makeRecord(0)); // the same round twice
  expect(lost).toEqual([runId]);
  expect(recorder.liveRunId).toBeNull();
  expect(events.at(-1)?.[1]).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('cannot be recorded'),
  });
  expect(storage.runs.open(runId)).toMatchObject({ summary: { status: 'failed', totals: { rounds: 1 } } });
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});
