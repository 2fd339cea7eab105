import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { CallInput, RunDetail } from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import type { BreakCondition, Breakpoint } from '#shared/domain/breakpoint.ts';
import { isLive, type RunSpec } from '#shared/domain/run.ts';
import { Bench, builtInSpec } from './bench.ts';

let bench: Bench;
let greedyRun: RunDetail;
let plainRun: RunDetail;

const plain = { method: { name: 'ar' }, draft: null } as const;

beforeAll(async () => {
  bench = new Bench();
  plainRun = await whole({ spec: builtInSpec(plain) });
  greedyRun = await whole({ spec: builtInSpec() });
});
afterAll(() => bench.close());
afterEach(async () => {
  const live = bench.of('run.summary').at(-1);
  if (live !== undefined && isLive(live.status)) await stop(live.id);
});

type Start = Partial<CallInput<'runs.start'>> & { readonly spec: RunSpec };

async function start(options: Start): Promise<string> {
  return (await bench.call('runs.start', { step: false, ...options })).runId;
}

async function whole(options: Start): Promise<RunDetail> {
  const runId = await start(options);
  await bench.ended(runId);
  return bench.call('runs.open', { runId });
}

type Forking = Partial<CallInput<'runs.fork'>> & { readonly parent: string; readonly round: number };

async function fork(options: Forking): Promise<string> {
  const given = { step: false, change: {}, force: null, questions: [], ...options };
  return (await bench.call('runs.fork', given)).runId;
}

async function wholeFork(options: Forking): Promise<RunDetail> {
  const runId = await fork(options);
  expect((await bench.ended(runId)).reason).toBeNull();
  return bench.call('runs.open', { runId });
}

const status = (runId: string): string | undefined => bench.latest(runId)?.status;
const paused = (runId: string): Promise<void> => bench.until(() => status(runId) === 'paused');
const stop = async (runId: string): Promise<void> => {
  await bench.call('runs.control', { runId, action: 'stop' });
  await bench.ended(runId);
};
const open = (runId: string): Promise<RunDetail> => bench.call('runs.open', { runId });
const idsOf = (run: RunDetail, turn = 0): number[] =>
  run.tokens.filter((t) => t.turn === turn).map((t) => t.id);
const on = (when: BreakCondition): Breakpoint[] => [{ id: 'b', on: true, when }];

/** Without times, which no two runs share, and pieces, which are sent once. */
const comparable = (run: RunDetail) => ({
  tokens: run.tokens,
  rounds: run.rounds.map(({ ms: _, ...round }) => round),
});

/** Starts a run with one breakpoint and returns what stopped it. */
async function hitBy(when: BreakCondition, spec = builtInSpec()) {
  const runId = await start({ spec, breakpoints: on(when) });
  await bench.until(
    () => bench.of('engine.status').at(-1)?.hit != null || !isLive(bench.latest(runId)?.status ?? 'running'),
  );
  await paused(runId);
  const { engine } = await bench.call('app.info', {});
  return { runId, hit: required(engine.hit, 'a hit'), run: await open(runId) };
}

describe('every kind of breakpoint stops the run after the first round that meets it', () => {
  const cases: [BreakCondition, (run: RunDetail, round: number) => boolean][] = [
    [{ kind: 'round', round: 2 }, (_, r) => r === 2],
    [
      { kind: 'accepted', is: '<=', n: 2 },
      (d, r) => (d.rounds[r]?.drafted ?? 0) > 0 && (d.rounds[r]?.accepted ?? 0) <= 2,
    ],
    [{ kind: 'accepted', is: '>=', n: 1 }, (d, r) => (d.rounds[r]?.accepted ?? 0) >= 1],
    [
      { kind: 'gate', near: 0.2 },
      (d, r) => {
        const { score, threshold, hit } = required(d.rounds[r], 'round').gate;
        return score !== null && (hit || required(threshold, 'threshold') - score <= 0.2);
      },
    ],
    [
      { kind: 'score', least: 0.05 },
      (d, r) => d.tokens.some((t) => t.round === r && (t.score ?? -1) >= 0.05),
    ],
    [{ kind: 'p-target', below: 0.9 }, (d, r) => d.tokens.some((t) => t.round === r && t.pTarget < 0.9)],
  ];
  test.each(cases)('%j', async (when, meets) => {
    const first = greedyRun.rounds.findIndex(({ index }) => meets(greedyRun, index));
    if (first < 0)
      throw new Error(`no round of the sample meets ${JSON.stringify(when)}: take another limit`);
    const { runId, hit, run } = await hitBy(when);
    expect(hit).toMatchObject({ id: 'b', round: first });
    expect(run.rounds.length).toBe(first + 1);
    await stop(runId);
  });

  test("the rank of the draft's first choice: recounted from the trees", async () => {
    let first: number | null = null;
    for (const { index } of greedyRun.rounds) {
      const { tree } = await bench.call('runs.round', { runId: greedyRun.summary.id, index });
      const rows = greedyRun.tokens.filter((t) => t.round === index).map((t) => t.rowNode);
      const ranks = rows.map((row) =>
        tree.parents.findIndex((p, i) => i > 0 && i < tree.verified && p === row),
      );
      if (first === null && ranks.some((node) => node > 0 && (tree.targetRank[node] ?? 0) > 0)) first = index;
    }
    if (first === null) throw new Error('the draft is always right on this sample: take another');
    const { runId, hit } = await hitBy({ kind: 'draft-rank', above: 1 });
    expect(hit.round).toBe(first);
    await stop(runId);
  });

  test('text, plain and as a pattern; the end of the turn', async () => {
    const pieces = new Map(greedyRun.pieces.map((p) => [p.id, Buffer.from(p.bytes, 'base64').toString()]));
    const third = required(greedyRun.tokens[3], 'a token');
    const word = required(/\w+/.exec(pieces.get(third.id) ?? '')?.[0], 'a word in the token');
    for (const regex of [false, true]) {
      const { runId, hit } = await hitBy({
        kind: 'text',
        text: regex ? `${word[0]}${word.slice(1)}` : word,
        regex,
      });
      expect(hit.round).toBeLessThanOrEqual(third.round);
      expect(hit.found).toContain(word);
      await stop(runId);
    }
    const { runId, hit, run } = await hitBy({ kind: 'turn-end' });
    expect(hit.round).toBe(greedyRun.rounds.length - 1);
    expect(idsOf(run)).toEqual(idsOf(greedyRun));
    await bench.call('runs.control', { runId, action: 'continue' });
    expect(await bench.ended(runId)).toMatchObject({ status: 'done' });
  });

  test('a bad pattern is refused with the reason before anything is started', async () => {
    const { length } = await bench.call('runs.list', {});
    const bad = start({ spec: builtInSpec(), breakpoints: on({ kind: 'text', text: '(', regex: true }) });
    await expect(bad).rejects.toThrow(/regular expression/i);
    expect((await bench.call('runs.list', {})).length).toBe(length);
  });

  test('a difference from plain decoding: sampling against the recorded plain run of the same seed, made first', async () => {
    const sampling = { temperature: 1, topK: 0, topP: 1, seed: 3 };
    const before = (await bench.call('runs.list', {})).length;
    const runId = await start({ spec: builtInSpec({ sampling }), breakpoints: on({ kind: 'differs' }) });
    expect((await bench.call('runs.list', {})).length).toBe(before + 2);
    await bench.until(() => status(runId) === 'paused' || !isLive(bench.latest(runId)?.status as 'done'));
    const run = await open(runId);
    const reference = (await bench.call('runs.list', {})).find(
      (r) => r.spec.method.name === 'ar' && r.spec.sampling.seed === 3,
    );
    const answer = idsOf(await open(required(reference?.id, 'the plain run')));
    const at = idsOf(run).findIndex((id, i) => id !== answer[i]);
    if (status(runId) === 'paused') {
      const { engine } = await bench.call('app.info', {});
      expect(engine.hit?.token).toBe(at);
      await stop(runId);
    } else expect(at).toBe(-1);
    // Greedy output is plain decoding's, so that a run goes through to its end; the plain run is there already.
    const greedy = await whole({ spec: builtInSpec(), breakpoints: on({ kind: 'differs' }) });
    expect(greedy.summary.status).toBe('done');
    expect(idsOf(greedy)).toEqual(idsOf(plainRun));
  });

  test('the list can be changed while the run waits, and a cursor stops it once', async () => {
    const runId = await start({ spec: builtInSpec(), step: true });
    await paused(runId);
    await bench.call('runs.breakpoints', { runId, breakpoints: on({ kind: 'round', round: 1 }) });
    await bench.call('runs.runTo', { runId, stopAt: { kind: 'round', round: 3 } });
    await bench.until(() => bench.of('engine.status').at(-1)?.hit?.round === 1);
    await bench.call('runs.control', { runId, action: 'continue' });
    await bench.until(
      () =>
        bench.of('engine.status').at(-1)?.hit?.id === null && bench.of('engine.status').at(-1)?.hit != null,
    );
    expect((await open(runId)).rounds.length).toBe(4);
    await stop(runId);
  });
});

describe('back', () => {
  const sampling = { temperature: 1, topK: 0, topP: 1, seed: 5 };
  test.each([
    ['greedy', builtInSpec()],
    ['sampling', builtInSpec({ sampling })],
  ])('takes rounds out of the record, and what follows is as before: %s', async (_, spec) => {
    const reference = await whole({ spec });
    const runId = await start({ spec, breakpoints: on({ kind: 'round', round: 4 }) });
    await paused(runId);
    await expect(bench.call('runs.back', { runId, rounds: 2 })).resolves.toEqual({});
    await bench.until(() => bench.of('run.back').some((e) => e.runId === runId));
    expect(bench.of('run.back').at(-1)).toEqual({ runId, rounds: 2, turn: 0 });
    const back = await open(runId);
    expect(comparable(back)).toEqual({
      tokens: reference.tokens.filter((t) => t.round < 2),
      rounds: comparable(reference).rounds.slice(0, 2),
    });
    expect(back.summary.totals.rounds).toBe(2);
    await bench.call('runs.breakpoints', { runId, breakpoints: [] });
    await bench.call('runs.control', { runId, action: 'continue' });
    expect((await bench.ended(runId)).status).toBe('done');
    expect(comparable(await open(runId)).tokens.map((t) => t.id)).toEqual(idsOf(reference));
  });

  test('to before the first round, and not while the run decodes or is over', async () => {
    const runId = await start({ spec: builtInSpec(), step: true });
    await paused(runId);
    await bench.call('runs.back', { runId, rounds: 0 });
    await bench.until(() => bench.of('run.back').some((e) => e.runId === runId));
    expect((await open(runId)).rounds).toEqual([]);
    await bench.call('runs.control', { runId, action: 'continue' });
    await bench.ended(runId);
    expect(idsOf(await open(runId))).toEqual(idsOf(greedyRun));
    await expect(bench.call('runs.back', { runId, rounds: 1 })).rejects.toThrow('has ended');
  });
});

describe('forks', () => {
  test('of a greedy run with nothing changed give exactly its continuation, wherever they begin', async () => {
    for (const round of [0, 1, 3, greedyRun.rounds.length - 1]) {
      const forked = await wholeFork({ parent: greedyRun.summary.id, round });
      expect(forked.tokens.map((t) => t.id)).toEqual(idsOf(greedyRun));
      expect(forked.rounds.slice(0, round)).toEqual(greedyRun.rounds.slice(0, round));
      expect(forked.summary.fork).toMatchObject({ parent: greedyRun.summary.id, round, changes: [] });
      expect(forked.turns.at(-1)?.endedBy).toBe(greedyRun.turns.at(-1)?.endedBy);
    }
  });

  test('under sampling they go on with the numbers that the run would have had', async () => {
    const run = await whole({
      spec: builtInSpec({ ...plain, sampling: { temperature: 1, topK: 0, topP: 1, seed: 11 } }),
    });
    const forked = await wholeFork({ parent: run.summary.id, round: 3 });
    expect(idsOf(forked)).toEqual(idsOf(run));
  });

  test('with another method share the prefix, and the rest is its; the output stays plain decoding’s', async () => {
    const change = {
      method: { name: 'pld', ngram: 2, maxDraft: 5 },
      gate: { mode: 'off', threshold: 0.35 },
    } as const;
    const forked = await wholeFork({ parent: greedyRun.summary.id, round: 3, change });
    expect(forked.rounds.slice(0, 3)).toEqual(greedyRun.rounds.slice(0, 3));
    expect(idsOf(forked)).toEqual(idsOf(plainRun));
    expect(forked.summary.spec.method).toEqual(change.method);
    expect(forked.summary.fork?.changes.map(({ what }) => what)).toEqual(['method', 'gate']);
    const methods = await Promise.all(
      forked.rounds
        .slice(3)
        .map(({ index }) => bench.call('runs.round', { runId: forked.summary.id, index })),
    );
    // Prompt lookup has no distribution of its own.
    expect(methods.every(({ tree }) => tree.draftTop.every((top) => top === null))).toBe(true);
    expect(forked.segments.map(({ from }) => from)).toEqual([0, 3]);
  });

  test('with a token set go on as plain decoding does from there', async () => {
    const at = required(
      greedyRun.tokens.find((t) => t.round >= 2 && t.depth > 0),
      'an accepted token',
    );
    const { tree } = await bench.call('runs.round', { runId: greedyRun.summary.id, index: at.round });
    const other = required(
      tree.targetTop[at.rowNode]?.ids.find((id) => id !== at.id),
      'another token',
    );
    const keep = greedyRun.tokens.filter((t) => t.round === at.round && t.index < at.index).length;
    const force = { keep, token: other };
    const forked = await wholeFork({ parent: greedyRun.summary.id, round: at.round, force });
    expect(forked.tokens[at.index]).toMatchObject({ id: other, origin: 'user' });
    expect(idsOf(forked).slice(0, at.index)).toEqual(idsOf(greedyRun).slice(0, at.index));
    const own = forked.rounds.slice(at.round, at.round + keep + 1);
    expect(own.every((round) => round.noDraft === 'fork' && round.drafted === 0)).toBe(true);
    const plainRound = required(plainRun.tokens[at.index], 'the plain token').round;
    const reference = await wholeFork({
      parent: plainRun.summary.id,
      round: plainRound,
      force: { keep: 0, token: other },
    });
    expect(idsOf(forked)).toEqual(idsOf(reference));
    expect(forked.summary.fork?.forced).toEqual({ turn: 0, index: at.index, id: other });
  });

  test('of a live run stop it; a new question is asked after the answer', async () => {
    const runId = await start({ spec: builtInSpec(), step: true });
    await paused(runId);
    const child = await fork({ parent: runId, round: 1, step: true });
    expect(status(runId)).toBe('stopped');
    await paused(child);
    expect((await open(child)).rounds.length).toBe(2);
    await stop(child);
    const questions = [{ turn: 1, text: 'And what else?' }];
    const round = greedyRun.rounds.length;
    const asked = await wholeFork({ parent: greedyRun.summary.id, round, questions });
    expect(asked.turns.map((t) => t.user)).toEqual([greedyRun.turns[0]?.user, 'And what else?']);
    expect(idsOf(asked)).toEqual(idsOf(greedyRun));
    expect(idsOf(asked, 1).length).toBeGreaterThan(0);
    await expect(fork({ parent: greedyRun.summary.id, round })).rejects.toThrow('add a question');
    const early = fork({
      parent: greedyRun.summary.id,
      round,
      questions: [{ turn: 0, text: 'No' }, ...questions],
    });
    await expect(early).rejects.toThrow('its question cannot change');
  });

  test('outlive their parent, and a crash keeps what they had', async () => {
    const parent = (await whole({ spec: builtInSpec() })).summary.id;
    const child = await fork({ parent, round: 2, step: true });
    await paused(child);
    bench.engine?.kill();
    expect((await bench.ended(child)).status).toBe('crashed');
    await bench.call('runs.delete', { runIds: [parent] });
    const crashed = await open(child);
    expect(crashed.rounds.length).toBe(3);
    const again = await wholeFork({ parent: child, round: 3 });
    expect(idsOf(again)).toEqual(idsOf(greedyRun));
    expect(again.segments.map(({ runId }) => runId)).toEqual([parent, child, again.summary.id]);
  });

  test('text is looked up in the tokens of the target', async () => {
    const [first] = await bench.call('runs.tokenize', { runId: greedyRun.summary.id, text: 'red' });
    expect(first?.bytes).toBeDefined();
    const many = await bench.call('runs.tokenize', { runId: greedyRun.summary.id, text: 'a red cube' });
    expect(many.length).toBeGreaterThan(1);
    expect(
      Buffer.concat(many.map((p) => Buffer.from(p.bytes, 'base64')))
        .toString()
        .trim(),
    ).toBe('a red cube');
  });
});
