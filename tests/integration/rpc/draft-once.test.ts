import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CallInput, RunDetail } from '#shared/contract/calls.ts';
import { required } from '#shared/domain/assert.ts';
import { defaultMethod, type MethodName } from '#shared/domain/method.ts';
import type { RunSpec } from '#shared/domain/run.ts';
import { draftHead } from '../../fixtures/gguf/heads.ts';
import { encodeGguf } from '../../fixtures/gguf/writer.ts';
import { Bench, builtInSpec } from './bench.ts';

let bench: Bench;
/** of several turns, decoded plainly */
let plain: RunDetail;

/** What methods draft with. */
const drafts: Partial<Record<MethodName, string>> = { 'draft-model': 'specula-tiny-draft-text' };

/** A sample with more than one turn. */
const sampleId = 'specula_201';
const off = { mode: 'off', threshold: 0.3 } as const;

beforeAll(async () => {
  bench = new Bench();
  const head = join(bench.home, 'head.gguf');
  const sizes = { width: 256, vocab: 1216, heads: 4, kvHeads: 4, headLength: 64 };
  writeFileSync(head, encodeGguf(draftHead({ kind: 'eagle', ...sizes }, 5)));
  drafts.eagle2 = (await bench.call('models.add', { path: head })).id;
  plain = await whole({ sampleId, method: { name: 'ar' }, draft: null, gate: off });
});
afterAll(() => bench.close());

async function whole(change: Partial<RunSpec>): Promise<RunDetail> {
  const { runId } = await bench.call('runs.start', {
    spec: builtInSpec({ maxTokens: 24, ...change }),
    step: false,
  });
  expect((await bench.ended(runId)).reason).toBeNull();
  return bench.call('runs.open', { runId });
}

const once = (change: Partial<CallInput<'runs.draftOnce'>> & { readonly round: number }) =>
  bench.call('runs.draftOnce', {
    runId: plain.summary.id,
    method: defaultMethod('pld'),
    draft: null,
    draftProjector: null,
    ...change,
  });

test.each(['pld', 'lookahead', 'sam', 'draft-model', 'eagle2'] as const)(
  '%s drafts beside a plain run exactly what it drafts in a run of its own, in every turn',
  async (name) => {
    const method = defaultMethod(name);
    const draft = drafts[name] ?? null;
    const own = await whole({ sampleId, method, draft, gate: off });
    const ids = (run: RunDetail) => run.tokens.map(({ id }) => id);
    expect(ids(own)).toEqual(ids(plain));
    const rounds = own.rounds.filter(({ firstToken }) => firstToken > 0);
    // The first ones, and the last ones, which are those of the last turn.
    const chosen = [...rounds.slice(0, 3), ...rounds.slice(-3)];
    expect(chosen.some(({ turn }) => turn > 0)).toBe(true);
    for (const { index, turn, firstToken, accepted, drafted } of chosen) {
      const there = required(
        plain.rounds.find((r) => r.turn === turn && r.firstToken === firstToken),
        'the plain round at the same place',
      );
      const made = await once({ round: there.index, method, draft });
      const { tree } = await bench.call('runs.round', { runId: own.summary.id, index });
      expect(made.round).toMatchObject({ index: there.index, turn, firstToken, accepted, drafted });
      expect(made.tree.tokens).toEqual(tree.tokens);
      expect(made.tree.parents).toEqual(tree.parents);
      expect(made.tree.fates).toEqual(tree.fates);
      expect(made.tree.provenance).toEqual(tree.provenance);
      const committed = own.tokens.filter((t) => t.round === index);
      expect(made.tokens.map(({ id }) => id)).toEqual(committed.map(({ id }) => id));
      // The same numbers, up to the rounding of batches of other sizes.
      for (const [i, p] of tree.targetProb.entries()) {
        if (p !== null) expect(made.tree.targetProb[i]).toBeCloseTo(p, 2);
      }
    }
  },
);

test('the other tokens that it mentions come with their text', async () => {
  const round = required(
    plain.rounds.findLast(({ firstToken }) => firstToken > 0),
    'a round',
  ).index;
  const made = await once({ round, method: defaultMethod('draft-model'), draft: 'specula-tiny-draft-text' });
  const known = new Set([...plain.pieces, ...made.pieces].map(({ id }) => id));
  expect(made.tree.tokens.filter((id) => !known.has(id))).toEqual([]);
});

test('the run stays as it is, no run is added, and the next run starts as ever', async () => {
  const before = await bench.call('runs.list', {});
  bench.events = [];
  await once({ round: 2, method: defaultMethod('recycling') });
  await once({ round: 1, method: defaultMethod('sam') });
  expect(await bench.call('runs.open', { runId: plain.summary.id })).toEqual(plain);
  expect(await bench.call('runs.list', {})).toEqual(before);
  expect(bench.of('run.summary')).toEqual([]);
  expect((await bench.call('app.info', {})).engine).toMatchObject({ state: 'idle', runId: null });
  const again = await whole({ sampleId, method: { name: 'ar' }, draft: null, gate: off });
  expect(again.tokens).toEqual(plain.tokens);
});

test('says what is wrong and what to do', async () => {
  await expect(once({ round: 0 })).rejects.toThrow(/prompt.*choose a later round/);
  await expect(once({ round: 9999 })).rejects.toThrow(/no round 9999/);
  await expect(once({ round: 1, runId: 'nobody' })).rejects.toThrow(/no run nobody/);
  await expect(once({ round: 1, method: { name: 'ar' } })).rejects.toThrow(/drafts nothing/);
  const headless = once({ round: 1, method: defaultMethod('eagle2') });
  await expect(headless).rejects.toThrow(/needs a draft head of kind eagle/);
  const { runId } = await bench.call('runs.start', { spec: builtInSpec(), step: true });
  await expect(once({ round: 1 })).rejects.toThrow(/still live.*stop it/);
  await bench.call('runs.control', { runId, action: 'stop' });
  await bench.ended(runId);
});
