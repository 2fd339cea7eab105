/** The shipped models answer alike however they are decoded: every shipped draft, method and gate, samples of all topics. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDataSet } from '../../../src-main/datasets/load.ts';
import { forkNodeEngine } from '../../../src-main/engine/host.ts';
import type { ModelAnswer } from '../../../src-main/evaluate/answer.ts';
import { answerAll } from '../../../src-main/evaluate/answer-all.ts';
import type { Referenced } from '../../../src-main/evaluate/score.ts';
import { loadManifest } from '../../../src-main/models/manifest.ts';
import { root } from '../../../src-main/serve.ts';
import { type GateSpec, gateModes } from '../../../src-shared/domain/gate.ts';
import {
  defaultMethod,
  draftFileOf,
  type MethodSpec,
  methodLabel,
  methodNames,
} from '../../../src-shared/domain/method.ts';
import { autoEngine, greedy } from '../../../src-shared/domain/run.ts';
import { binaryShape } from '../../../src-shared/domain/shapes.ts';
import { builtInFolder } from '../../fixtures/samples.ts';

const home = mkdtempSync(path.join(tmpdir(), 'specula-shipped-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const models = path.join(root, 'models');
const manifest = await loadManifest(models);
const pathOf = (id: string | null): string | null => {
  const file = manifest.files.find((one) => one.id === id);
  return file === undefined ? null : path.join(models, file.file);
};

/** The first sample of each topic. */
const samples: Referenced[] = (await loadDataSet(builtInFolder)).samples
  .filter((sample, at, all) => all.findIndex(({ topic }) => topic === sample.topic) === at)
  .map((sample) => ({ sample, references: [] }));

const draftModels: MethodSpec[] = [
  { name: 'draft-model', shape: { kind: 'chain', length: 5 } },
  { name: 'draft-model', shape: binaryShape(4) },
  { name: 'draft-model', shape: { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } },
];
const retrieval: MethodSpec[] = [
  { name: 'pld', ngram: 2, maxDraft: 10 },
  defaultMethod('lookahead'),
  defaultMethod('recycling'),
  defaultMethod('sam'),
];
/** What MMSpec's code drafts differently. */
const variantMethods = (['lookahead', 'recycling', 'sam'] as const).map((name) =>
  defaultMethod(name, 'mmspec'),
);

/** Methods whose draft head is among the shipped files. */
const headMethods = methodNames
  .map((name) => defaultMethod(name))
  .filter((method) => headOf(method) !== undefined);

function headOf(method: MethodSpec): string | undefined {
  const kind = draftFileOf(method);
  return manifest.files.find((file) => file.role === 'head' && file.head === kind)?.id;
}

async function decode(
  set: (typeof manifest.sets)[number],
  method: MethodSpec,
  gate: GateSpec,
): Promise<Map<string, readonly ModelAnswer[]>> {
  const drafts = method.name === 'draft-model';
  const head = headOf(method) ?? null;
  const files = {
    target: pathOf(set.target) ?? '',
    projector: pathOf(set.projector),
    draft: drafts ? pathOf(set.draft) : null,
    draftProjector: drafts ? pathOf(set.draftProjector) : null,
    head: pathOf(head),
  };
  const answers = new Map<string, readonly ModelAnswer[]>();
  const end = await answerAll(
    {
      samples,
      files,
      hashes: {},
      spec: {
        dataSetId: 'built-in',
        target: set.target,
        projector: set.projector,
        draft: drafts ? set.draft : head,
        draftProjector: drafts ? set.draftProjector : null,
        method,
        gate,
        sampling: greedy,
        maxTokens: 96,
        systemPrompt: null,
        capture: { layers: 'last' },
        engine: { ...autoEngine, gpu: 'cpu', threads: 1, kvType: 'f32' },
      },
      picture: async (sample) => path.join(builtInFolder, 'images', sample.image),
    },
    {
      forkEngine: forkNodeEngine,
      home,
      version: 'test',
      onWaiting: () => {},
      onAnswers: ({ sample }, own) => answers.set(sample.id, own),
      onFailure: (sample, reason) => expect.fail(`${sample.id}: ${reason}`),
      interrupted: new Promise(() => {}),
    },
  );
  expect(end.reason).toBeNull();
  return answers;
}

const texts = (answers: Map<string, readonly ModelAnswer[]>) =>
  [...answers].map(([id, turns]) => [id, turns.map(({ text, tokenCount }) => [text, tokenCount])]);
const tokensOf = (answers: Map<string, readonly ModelAnswer[]>) =>
  [...answers.values()].flatMap((turns) => turns.flatMap(({ tokens }) => tokens));

test('heads of all kinds are shipped', () => {
  expect(new Set(headMethods.map(({ name }) => name))).toEqual(
    new Set(['medusa', 'eagle', 'eagle2', 'eagle3', 'msd', 'vispec']),
  );
});

describe.each(manifest.sets.filter(({ draft }) => draft !== null))('$name', (set) => {
  let plain: Map<string, readonly ModelAnswer[]>;
  /** a threshold that half of the tokens reach, so that the gate acts often but not always */
  let threshold: number;
  beforeAll(async () => {
    plain = await decode(set, { name: 'ar' }, { mode: 'off', threshold: 0 });
    expect(plain.size).toBe(6);
    const scores = tokensOf(plain).map(({ imageShare }) => imageShare ?? Number.NaN);
    threshold = scores.sort((a, b) => a - b)[Math.floor(scores.length / 2)] ?? Number.NaN;
  });

  // Every mode with one drafting model, one retrieval method and one head; the toy models' identity tests cross all of them.
  const modesOf = (method: MethodSpec): readonly GateSpec['mode'][] =>
    method === draftModels[2] || method.name === 'sam' || method.name === 'eagle2'
      ? gateModes
      : ['off', 'paper'];
  const withModes = (method: MethodSpec) => modesOf(method).map((mode) => ({ method, mode }));
  const cases = [
    ...draftModels.flatMap(withModes),
    // The rest has nothing to do with the draft, in which alone the sets differ.
    ...(set === manifest.sets[0] ? [...retrieval, ...headMethods].flatMap(withModes) : []),
    ...(set === manifest.sets[0] ? variantMethods.map((method) => ({ method, mode: 'off' as const })) : []),
  ].map((one) => ({ ...one, name: methodLabel(one.method) }));
  test.each(cases)('$name, gate $mode: greedy answers equal plain decoding', async ({ method, mode }) => {
    const run = await decode(set, method, { mode, threshold });
    expect(texts(run)).toEqual(texts(plain));
    const right = tokensOf(run).filter(({ guessed }) => guessed === true).length;
    // A survey accepts nothing, and MMSpec's gate may give much up.
    if (mode !== 'survey' && mode !== 'mmspec') expect(right).toBeGreaterThan(10);
  });
});
