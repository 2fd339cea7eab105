import { createStore, type StoreApi } from 'zustand';
import type { Api } from '#shared/contract/transport.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { RunSummary, Turn } from '#shared/domain/run.ts';
import { type RunView, viewOf, withoutRounds, withRecords, withTurn } from '../model/run-view.ts';

/** An open run. `error`: why it could not be opened. */
export interface OpenRun {
  readonly view: RunView | null;
  readonly error: Error | null;
  readonly deleted: boolean;
}

export interface RunStore {
  readonly store: StoreApi<OpenRun>;
  /** ends the subscription; the store keeps what it has */
  readonly close: () => void;
}

/** Rounds that arrive within this time are taken over together, so that a fast model does not outrun the screen. */
const batchMs = 33;

/** Attention arrives in parts: the run is read again when none has come for so long. */
const rereadMs = 150;

/**
 * Opens a run and keeps it up to date while it is decoded. Events that arrive while the stored part is still being
 * read are kept and added after it, so no round is lost or doubled; after a gap (lost connection) the run is read
 * again. `onRecords` is told every batch of new records, with trees and attention; `onBack` from which round on rounds
 * were taken back.
 */
export function openRun(
  api: Api,
  runId: string,
  onRecords: (records: readonly RoundRecord[]) => void,
  onBack: (rounds: number) => void = () => {},
): RunStore {
  const store = createStore<OpenRun>(() => ({ view: null, error: null, deleted: false }));
  let records: RoundRecord[] = [];
  let turns: Turn[] = [];
  let summary: RunSummary | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reading = false;
  let closed = false;
  let connected = true;
  /** rounds were taken back while the run was being read: what was read may hold them */
  let stale = false;

  async function read(): Promise<void> {
    if (reading || closed) return;
    reading = true;
    try {
      const view = viewOf(await api.call('runs.open', { runId }));
      if (!closed) store.setState({ view, error: null });
    } catch (error) {
      if (!closed) store.setState({ error: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      reading = false;
    }
    if (closed) return;
    if (stale) {
      stale = false;
      await read();
    } else flush();
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    let view = store.getState().view;
    if (reading || view === null) return;
    const batch = records;
    records = [];
    const next = withRecords(view, batch);
    if (next === null) {
      void read();
      return;
    }
    view = turns.reduce(withTurn, next);
    turns = [];
    if (summary !== null) view = { ...view, summary };
    summary = null;
    if (view !== store.getState().view) store.setState({ view });
    if (batch.length > 0) onRecords(batch);
  }

  const later = () => {
    timer ??= setTimeout(flush, batchMs);
  };

  let reread: ReturnType<typeof setTimeout> | undefined;
  const rereadLater = () => {
    clearTimeout(reread);
    reread = setTimeout(() => void read(), rereadMs);
  };

  const ends = [
    api.on('run.round', (event) => {
      if (event.runId !== runId) return;
      records.push(event.record);
      later();
    }),
    api.on('run.turn', (event) => {
      if (event.runId !== runId) return;
      turns.push(event.turn);
      later();
    }),
    api.on('run.summary', (event) => {
      if (event.id !== runId) return;
      summary = event;
      later();
    }),
    api.on('run.back', ({ runId: id, rounds, turn }) => {
      if (id !== runId) return;
      records = records.filter((record) => record.round.index < rounds);
      turns = turns.filter((t) => t.index <= turn);
      onBack(rounds);
      flush();
      const { view } = store.getState();
      if (reading) stale = true;
      else if (view !== null) store.setState({ view: withoutRounds(view, rounds, turn) });
    }),
    // Scores and shares of tokens may have come.
    api.on('run.captured', (event) => {
      if (event.runId === runId) rereadLater();
    }),
    api.on('runs.deleted', (event) => {
      if (event.runIds.includes(runId)) store.setState({ deleted: true });
    }),
    api.onConnection((now) => {
      if (now && !connected) void read();
      connected = now;
    }),
  ];
  void read();
  return {
    store,
    close: () => {
      closed = true;
      clearTimeout(timer);
      clearTimeout(reread);
      for (const end of ends) end();
    },
  };
}
