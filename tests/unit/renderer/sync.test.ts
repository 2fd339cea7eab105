import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Api } from '#shared/contract/transport.ts';
import type { RunSummary } from '#shared/domain/run.ts';
import { EventHub } from '../../../src-renderer/api/event-hub.ts';
import { createQueryClient } from '../../../src-renderer/api/queries.ts';
import { keys } from '../../../src-renderer/api/query-keys.ts';
import { mergeSummaries, syncCache } from '../../../src-renderer/api/sync.ts';
import { runSummary } from './fixtures.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp(runs: readonly RunSummary[]) {
  const hub = new EventHub();
  let connection = (_connected: boolean) => {};
  const api: Api = {
    call: () => Promise.reject(new Error('not asked for in this test')),
    on: (event, listener) => hub.on(event, listener),
    onConnection: (listener) => {
      connection = listener;
      listener(true);
      return () => {};
    },
  };
  const cache = createQueryClient();
  cache.setQueryData(keys.runs, runs);
  const end = syncCache(api, cache);
  const list = () => cache.getQueryData<readonly RunSummary[]>(keys.runs) ?? [];
  return { hub, cache, end, list, setConnected: (connected: boolean) => connection(connected) };
}

it('puts new runs first and replaces known ones', () => {
  const a = runSummary('a', { createdAt: 1 });
  const b = runSummary('b', { createdAt: 2 });
  const c = runSummary('c', { createdAt: 3 });
  const changed = { ...a, status: 'failed' as const };
  const merged = mergeSummaries(
    [b, a],
    new Map([
      ['a', changed],
      ['c', c],
    ]),
  );
  expect(merged).toEqual([c, b, changed]);
});

it('takes many summaries over at once, the latest of each run', () => {
  const { hub, list, end } = setUp([runSummary('a', { status: 'running' })]);
  for (let rounds = 1; rounds <= 50; rounds++) {
    const run = runSummary('a', { status: 'running' });
    hub.emit('run.summary', { ...run, totals: { ...run.totals, rounds } });
  }
  expect(list()[0]?.totals.rounds).toBe(0);
  vi.advanceTimersByTime(100);
  expect(list()[0]?.totals.rounds).toBe(50);
  end();
});

it('removes deleted runs, even one whose summary was still waiting', () => {
  const { hub, list, end } = setUp([runSummary('a'), runSummary('b')]);
  hub.emit('run.summary', runSummary('a', { status: 'stopped' }));
  hub.emit('runs.deleted', { runIds: ['a'] });
  vi.advanceTimersByTime(200);
  expect(list().map(({ id }) => id)).toEqual(['b']);
  end();
});

it('refetches everything after a lost connection came back, not at the first one', () => {
  const { cache, setConnected, end } = setUp([]);
  const stale = () => cache.getQueryState(keys.runs)?.isInvalidated;
  setConnected(true);
  expect(stale()).toBe(false);
  setConnected(false);
  setConnected(true);
  expect(stale()).toBe(true);
  end();
});

it('has rounds read again when attention was added to a run, of every run that may share them', () => {
  const { hub, cache, end } = setUp([]);
  const round = { tree: null, attention: [], headLayers: [] };
  for (const key of [keys.round('a', 3), keys.heads('b', 1, 2), keys.plainTokens('a')]) {
    cache.setQueryData(key, round);
  }
  hub.emit('run.captured', { runId: 'a' });
  const stale = (key: readonly unknown[]) => cache.getQueryState(key)?.isInvalidated;
  expect([
    stale(keys.round('a', 3)),
    stale(keys.heads('b', 1, 2)),
    stale(keys.plainTokens('a')),
    stale(keys.runs),
  ]).toEqual([true, true, false, false]);
  end();
});
