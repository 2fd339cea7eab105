import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readProjectorMetadata } from '../../../src-main/models/metadata.ts';
import { required } from '../../../src-shared/domain/assert.ts';
import { greedy } from '../../../src-shared/domain/run.ts';
import { answersOf } from '../../fixtures/answers.ts';
import { fixtureModels } from '../../fixtures/gguf/index.ts';
import { builtIn, builtInFolder } from '../../fixtures/samples.ts';
import { asFloat32 } from '../../unit/storage/records.ts';
import { Bench, builtInSpec } from './bench.ts';

let bench: Bench;
beforeAll(() => {
  bench = new Bench();
});
afterAll(() => bench.close());

/** Image tokens of a square picture, from the projector's own file. */
async function imageTokens(id: string): Promise<number> {
  const { files } = await bench.call('models.list', {});
  const path = required(files.find((file) => file.id === id)?.path, `the file of ${id}`);
  const { geometry } = await readProjectorMetadata(path);
  return (geometry.imageSize / (geometry.patchSize * geometry.merge)) ** 2;
}

test('a run is recorded as its events tell it, and opens again after a restart', async () => {
  const { runId } = await bench.call('runs.start', { spec: builtInSpec(), step: false });
  const summary = await bench.ended(runId);
  expect(summary).toMatchObject({ status: 'done', reason: null, topic: 'general vqa' });
  const records = bench.of('run.round').map((event) => event.record);
  expect(records.length).toBe(summary.totals.rounds);
  await bench.reopen();
  const run = await bench.call('runs.open', { runId });
  expect(run.summary).toEqual(summary);
  expect(run.rounds).toEqual(records.map((record) => record.round));
  expect(run.tokens).toEqual(records.flatMap((record) => record.tokens));
  const tokens = await imageTokens('specula-tiny-mmproj');
  expect(tokens).toBeGreaterThan(0);
  const endedBy = run.tokens.length < summary.spec.maxTokens ? 'end-of-text' : 'max-tokens';
  expect(run.turns).toMatchObject([{ endedBy, imageTokens: tokens }]);
  for (const { round, tree, attention } of records) {
    const stored = await bench.call('runs.round', { runId, index: round.index });
    expect(stored).toEqual(asFloat32({ tree, attention, headLayers: [] }));
  }
  // Plain decoding of the same sample, by itself and without a draft, gives the same words.
  const plain = builtInSpec({ method: { name: 'ar' }, draft: null, gate: { mode: 'off', threshold: 0.35 } });
  const other = await bench.call('runs.start', { spec: plain, step: false });
  await bench.ended(other.runId);
  const [text = ''] = answersOf(run);
  expect(text).toMatch(/\w+ \w+/);
  expect(answersOf(await bench.call('runs.open', { runId: other.runId }))).toEqual([text]);
  expect(summary.fingerprint?.models.map((model) => model.sha256)).not.toContain('');
});

test('step decodes one round at a time; a second run is turned down while the first one lives', async () => {
  const { runId } = await bench.call('runs.start', { spec: builtInSpec(), step: true });
  const rounds = () => bench.of('run.round').filter((event) => event.runId === runId).length;
  await bench.until(() => bench.latest(runId)?.status === 'paused');
  expect(rounds()).toBe(1);
  await bench.call('runs.control', { runId, action: 'step' });
  await bench.until(() => rounds() === 2);
  await expect(bench.call('runs.start', { spec: builtInSpec(), step: false })).rejects.toThrow(
    `Run ${runId} is still live: stop it, or wait for its end, before starting another.`,
  );
  await expect(bench.call('runs.delete', { runIds: [runId] })).rejects.toThrow('still live');
  await bench.call('runs.control', { runId, action: 'stop' });
  expect(await bench.ended(runId)).toMatchObject({ status: 'stopped', totals: { rounds: 2 } });
  await expect(bench.call('runs.control', { runId, action: 'pause' })).rejects.toThrow(
    `Run ${runId} has ended (stopped), so it cannot pause.`,
  );
});

test('an engine that is killed ends its run as crashed, keeps the rounds, and the next run works', async () => {
  const { runId } = await bench.call('runs.start', { spec: builtInSpec(), step: true });
  await bench.until(() => bench.latest(runId)?.status === 'paused');
  bench.engine?.kill();
  const crashed = await bench.ended(runId);
  expect(crashed.status).toBe('crashed');
  expect(crashed.reason).toContain('SIGKILL');
  expect((await bench.call('runs.open', { runId })).rounds.length).toBe(1);
  const next = await bench.call('runs.start', { spec: builtInSpec(), step: false });
  expect((await bench.ended(next.runId)).status).toBe('done');
});

test('closing the workbench stops a live run and keeps it', async () => {
  const { runId } = await bench.call('runs.start', { spec: builtInSpec(), step: true });
  await bench.until(() => bench.latest(runId)?.status === 'paused');
  await bench.reopen();
  const run = await bench.call('runs.open', { runId });
  expect(run.summary).toMatchObject({ status: 'stopped', reason: 'Specula was closed' });
  expect(run.rounds.length).toBe(1);
});

test('runs that cannot work are refused before they exist, by name and reason', async () => {
  const { length } = await bench.call('runs.list', {});
  const fixtures = await fixtureModels();
  const other = await bench.call('models.add', { path: fixtures.otherVocabularyDraft });
  const wrong = await bench.call('models.add', { path: fixtures.projector });
  const cases = [
    [{ sampleId: 'nope' }, 'The data set builtin has no sample nope'],
    [{ dataSetId: 'nope' }, 'There is no data set nope'],
    [{ target: 'nope' }, 'There is no model nope to use as target'],
    [{ target: 'specula-tiny-mmproj' }, 'specula-tiny-mmproj cannot be the target: it is a projector'],
    [{ draft: null }, 'The method draft-model needs a draft model'],
    [{ draft: other.id }, 'does not fit'],
    [{ projector: wrong.id }, 'does not fit'],
    [{ capture: { layers: 'none' } }, 'attention is switched off'],
    [{ capture: { layers: [1, 99] } }, 'Layer 99 cannot be recorded: the target has layers 0 to'],
    [
      { gate: { mode: 'paper', threshold: 0.35, layer: 99 }, capture: { layers: 'all' } },
      'but the target has layers 0 to',
    ],
    [{ gate: { mode: 'paper', threshold: 0.35, heads: 99 } }, 'reads head 99, but the target has heads 0 to'],
    [
      { gate: { mode: 'oracle', threshold: 0.35 }, sampling: { ...greedy, temperature: 1 } },
      'set the temperature to 0',
    ],
  ] as const;
  for (const [change, message] of cases) {
    const start = bench.call('runs.start', { spec: builtInSpec(change), step: false });
    await expect(start, message).rejects.toThrow(message);
  }
  expect((await bench.call('runs.list', {})).length).toBe(length);
  await bench.call('models.remove', { id: other.id });
  await bench.call('models.remove', { id: wrong.id });
});

test('models: shipped ones stay, added ones come and go, files that cannot be used are refused', async () => {
  const fixtures = await fixtureModels();
  const added = await bench.call('models.add', { path: fixtures.target });
  expect(added).toMatchObject({ role: 'decoder', arch: 'llama', builtIn: false, problem: null });
  const ids = async () => (await bench.call('models.list', {})).files.map((file) => file.id);
  expect(await ids()).toContain(added.id);
  await bench.call('models.remove', { id: added.id });
  expect(await ids()).not.toContain(added.id);
  expect(bench.of('models.changed').length).toBeGreaterThanOrEqual(2);
  await expect(bench.call('models.remove', { id: 'specula-tiny-target' })).rejects.toThrow('shipped');
  for (const path of [fixtures.truncated, fixtures.badMagic, fixtures.mamba, join(bench.home, 'none.gguf')]) {
    await expect(bench.call('models.add', { path })).rejects.toThrow(
      path.split('/').at(-1)?.split('.')[0] ?? path,
    );
  }
});

test('data sets: a folder is added once, counts its runs, stays listed when it is gone, and is removed', async () => {
  const folder = join(bench.home, 'my set');
  mkdirSync(folder);
  cpSync(join(builtInFolder, 'images', 'specula_001.png'), join(folder, 'images', 'specula_001.png'));
  const line = { id: 'one', image: 'specula_001.png', turns: ['What is it?'], category: 'c', topic: 't' };
  writeFileSync(join(folder, 'mmspec.jsonl'), `${JSON.stringify(line)}\nbroken\n`);
  const added = await bench.call('dataSets.add', { folder });
  expect(added).toMatchObject({
    name: 'my set',
    folder,
    builtIn: false,
    samples: 1,
    problems: [{ line: 2 }],
  });
  expect(await bench.call('dataSets.add', { folder })).toEqual(added);
  const spec = builtInSpec({ dataSetId: added.id, sampleId: 'one', method: { name: 'ar' }, maxTokens: 3 });
  const { runId } = await bench.call('runs.start', { spec, step: false });
  await bench.ended(runId);
  const samples = () => bench.call('dataSets.samples', { dataSetId: added.id });
  expect(await samples()).toEqual([{ sample: line, runs: 1 }]);
  await bench.call('runs.delete', { runIds: [runId] });
  expect(bench.of('runs.deleted')).toContainEqual({ runIds: [runId] });
  expect(await samples()).toEqual([{ sample: line, runs: 0 }]);

  rmSync(folder, { recursive: true });
  const listed = (await bench.call('dataSets.list', {})).find((dataSet) => dataSet.id === added.id);
  expect(listed).toMatchObject({ samples: 0, problems: [{ line: 0 }] });
  expect(await bench.workbench.image(added.id, 'one', 'full')).toBeNull();
  await bench.call('dataSets.remove', { dataSetId: added.id });
  await expect(samples()).rejects.toThrow(`There is no data set ${added.id}`);
  await expect(bench.call('dataSets.remove', { dataSetId: builtIn })).rejects.toThrow('built in');
  await expect(bench.call('dataSets.add', { folder })).rejects.toThrow('mmspec.jsonl');
});

test('reference answers come by sample; none where the data set has none', async () => {
  const [answer] = await bench.call('dataSets.reference', { dataSetId: builtIn, sampleId: 'specula_001' });
  expect(answer?.imageWords).toEqual(['one', 'red', 'heart']);
  expect(answer?.spans?.map(({ start, end }) => answer.text.slice(start, end))).toEqual(answer?.imageWords);
  expect(await bench.call('dataSets.reference', { dataSetId: builtIn, sampleId: 'none' })).toEqual([]);
});

test('images come as files or thumbnails; what does not exist is null', async () => {
  const full = await bench.workbench.image(builtIn, 'specula_001', 'full');
  expect(full?.type).toBe('image/png');
  expect(Buffer.from(full?.bytes.subarray(1, 4) ?? []).toString()).toBe('PNG');
  const thumb = await bench.workbench.image(builtIn, 'specula_001', 'thumb');
  expect(thumb?.type).toBe('image/webp');
  expect(thumb?.hash).not.toBe(full?.hash);
  expect(await bench.workbench.image(builtIn, '../../package.json', 'full')).toBeNull();
  expect(await bench.workbench.image('..', 'specula_001', 'full')).toBeNull();
});
