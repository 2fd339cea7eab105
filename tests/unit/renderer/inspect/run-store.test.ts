import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CallInput, CallName, CallOutput } from '#shared/contract/calls.ts';
import type { EventData, EventName } from '#shared/contract/events.ts';
import type { Api } from '#shared/contract/transport.ts';
import { EventHub } from '../../../../src-renderer/api/event-hub.ts';
import { openRun } from '../../../../src-renderer/features/inspect/store/run-store.ts';
import { detail, records, turn } from './a-run.ts';

/** A main side with one run of which `seen` rounds are stored; answers wait until they are let go. */
class MainSide implements Api {
  stored = 0;
  opened = 0;
  failure: Error | null = null;
  readonly hub = new EventHub();
  readonly #waiting: (() => void)[] = [];
  #connection: (connected: boolean) => void = () => {};

  call<N extends CallName>(name: N, _input: CallInput<N>): Promise<CallOutput<N>> {
    this.opened += 1;
    const answer = detail(this.stored) as unknown as CallOutput<N>;
    const { failure } = this;
    return new Promise((done, fail) => {
      this.#waiting.push(() => (failure === null ? done(answer) : fail(failure)));
      if (name !== 'runs.open') fail(new Error(`unexpected ${name}`));
    });
  }

  on<N extends EventName>(event: N, listener: (data: EventData<N>) => void): () => void {
    return this.hub.on(event, listener);
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#connection = listener;
    listener(true);
    return () => {};
  }

  async answer(): Promise<void> {
    for (const go of this.#waiting.splice(0)) go();
    await vi.advanceTimersByTimeAsync(100);
  }

  send(...indices: number[]): void {
    for (const record of indices.flatMap((i) => records[i] ?? [])) {
      this.hub.emit('run.round', { runId: 'r', record });
    }
  }

  connect(connected: boolean): void {
    this.#connection(connected);
  }
}

describe('openRun', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function open() {
    const main = new MainSide();
    const batches: number[][] = [];
    const { store, close } = openRun(main, 'r', (batch) => batches.push(batch.map((b) => b.round.index)));
    const rounds = () => store.getState().view?.rounds.map((r) => r.index);
    return { main, store, close, batches, rounds };
  }

  it('reads a run again once attention was added to it', async () => {
    const { main, close } = open();
    main.stored = 3;
    await main.answer();
    expect(main.opened).toBe(1);
    main.hub.emit('run.captured', { runId: 'other' });
    main.hub.emit('run.captured', { runId: 'r' });
    await vi.advanceTimersByTimeAsync(100);
    main.hub.emit('run.captured', { runId: 'r' });
    await vi.advanceTimersByTimeAsync(100);
    expect(main.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(main.opened).toBe(2);
    close();
  });

  it('adds rounds that arrive while the stored part is being read, once each', async () => {
    const { main, rounds, batches } = open();
    main.send(0, 1);
    main.stored = 1;
    await main.answer();
    expect(rounds()).toEqual([0, 1]);
    main.send(1, 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(rounds()).toEqual([0, 1, 2]);
    expect(batches.flat()).toEqual([0, 1, 1, 2]);
  });

  it('reads the run again after a gap', async () => {
    const { main, rounds } = open();
    await main.answer();
    main.stored = 3;
    main.send(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(main.opened).toBe(2);
    await main.answer();
    expect(rounds()).toEqual([0, 1, 2]);
  });

  it('reads it again after a lost connection, and only then', async () => {
    const { main } = open();
    await main.answer();
    expect(main.opened).toBe(1);
    main.connect(false);
    main.connect(true);
    expect(main.opened).toBe(2);
  });

  it('takes over turns and totals', async () => {
    const { main, store } = open();
    await main.answer();
    main.hub.emit('run.turn', { runId: 'r', turn: { ...turn, endedBy: 'max-tokens' } });
    main.hub.emit('run.summary', { ...detail().summary, status: 'stopped' });
    main.hub.emit('run.summary', { ...detail().summary, id: 'other', status: 'failed' });
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().view?.turns[0]?.endedBy).toBe('max-tokens');
    expect(store.getState().view?.summary.status).toBe('stopped');
  });

  it('says why a run cannot be opened, and that it was deleted', async () => {
    const { main, store } = open();
    await main.answer();
    main.hub.emit('runs.deleted', { runIds: ['r'] });
    expect(store.getState().deleted).toBe(true);
    main.failure = new Error('There is no run r');
    main.connect(false);
    main.connect(true);
    await main.answer();
    expect(store.getState().error?.message).toBe('There is no run r');
  });

  it('changes nothing after it was closed', async () => {
    const { main, store, close } = open();
    close();
    await main.answer();
    main.send(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().view).toBeNull();
  });
});
