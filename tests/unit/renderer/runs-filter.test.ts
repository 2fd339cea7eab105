import { expect, it } from 'vitest';
import { emptyTotals } from '#shared/metrics/totals.ts';
import { filterRuns, statusCounts } from '../../../src-renderer/features/runs/filter.ts';
import { samplingLabel } from '../../../src-renderer/features/runs/run-facts.ts';
import { toRow } from '../../../src-renderer/features/runs/run-row.ts';
import { runSummary } from './fixtures.ts';

const rows = [
  runSummary('r1'),
  runSummary('r2', { status: 'failed', reason: 'The projector does not fit the target.' }),
  runSummary('r3', { topic: 'text vqa' }),
].map(toRow);
const ids = (q: string | undefined, status?: 'done' | 'failed' | 'running') =>
  filterRuns(rows, { q, status }).map(({ run }) => run.id);

it('finds runs by sample, method, topic and reason', () => {
  expect(ids('pld n4')).toEqual(['r1', 'r2', 'r3']);
  expect(ids('projector')).toEqual(['r2']);
  expect(ids('text')).toEqual(['r3']);
  expect(ids('sample r3')).toEqual(['r3']);
  expect(ids('pld', 'failed')).toEqual(['r2']);
  expect(ids('pld', 'running')).toEqual([]);
});

it('counts the statuses that occur, in the order of a life', () => {
  expect(statusCounts(rows, undefined)).toEqual([
    { status: 'done', count: 2 },
    { status: 'failed', count: 1 },
  ]);
  expect(statusCounts(rows, 'projector').map(({ count }) => count)).toEqual([0, 1]);
});

it('shows the numbers of src-shared/metrics, and nothing where nothing was measured', () => {
  const none = toRow(runSummary('r'));
  expect([none.mat, none.acceptance, none.rate, none.device]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const totals = {
    ...emptyTotals,
    newTokens: 12,
    rounds: 5,
    drafted: 20,
    accepted: 7,
    draftMs: 100,
    verifyMs: 300,
  };
  const row = toRow(runSummary('r', { totals }));
  expect(row.mat).toBeCloseTo(2.4);
  expect(row.acceptance).toBeCloseTo(0.35);
  expect(row.rate).toBeCloseTo(30);
});

it('names the sampling', () => {
  expect(samplingLabel({ temperature: 0, topK: 5, topP: 0.9, seed: 3 })).toBe('greedy');
  expect(samplingLabel({ temperature: 0.7, topK: 0, topP: 1, seed: 3 })).toBe('temperature 0.7, seed 3');
  expect(samplingLabel({ temperature: 1, topK: 5, topP: 0.9, seed: 0 })).toBe(
    'temperature 1, top-k 5, top-p 0.9, seed 0',
  );
});
