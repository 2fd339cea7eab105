import { describe, expect, it } from 'vitest';
import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import { binaryShape, eagleShape } from '#shared/domain/shapes.ts';
import {
  presetOf,
  shortCapture,
  shortEngine,
  shortMethod,
  shortSampling,
} from '../../../../src-renderer/features/inspect/setup/labels.ts';
import {
  defaultSettings,
  parseSettings,
  problemsOf,
  type Settings,
  setOf,
  settingsOf,
  specOf,
  withKnownModels,
  withSet,
} from '../../../../src-renderer/features/inspect/setup/settings.ts';

const file = (id: string, problem: string | null = null): ModelFile => ({
  id,
  name: `${id}.gguf`,
  path: id,
  builtIn: true,
  role: 'decoder',
  arch: 'llama',
  quantisation: 'F16',
  bytes: 1,
  layers: 1,
  embedding: 1,
  vocab: 1,
  sha256: null,
  problem,
});
const files = [file('t'), file('d'), file('bad', 'its header is cut off; copy it again')];
const set: ModelSet = {
  id: 's',
  name: 'S',
  builtIn: true,
  target: 't',
  projector: null,
  draft: 'd',
  draftProjector: null,
  note: '',
};
const ready = withSet(defaultSettings, set);

describe('settings', () => {
  it('are remembered, and what cannot be read is forgotten', () => {
    const changed: Settings = { ...ready, maxTokens: 7 };
    expect(parseSettings(JSON.stringify(changed))).toEqual(changed);
    expect(parseSettings('{"maxTokens": 9}')).toEqual({ ...defaultSettings, maxTokens: 9 });
    for (const bad of [null, '', '{', '[]', '{"maxTokens": -1}'])
      expect(parseSettings(bad)).toEqual(defaultSettings);
  });

  it('take the first set when there is no target, or it is gone', () => {
    expect(withKnownModels(defaultSettings, files, [set])).toEqual(ready);
    expect(withKnownModels({ ...ready, target: 'gone' }, files, [set])).toEqual(ready);
    expect(withKnownModels({ ...ready, draft: null }, files, [set]).draft).toBeNull();
    expect(setOf(ready, [set])).toBe(set);
    expect(setOf({ ...ready, draft: null }, [set])).toBeNull();
  });

  it('explain why they cannot run', () => {
    expect(problemsOf(ready, true, files)).toEqual([]);
    const problems = (patch: Partial<Settings>) => problemsOf({ ...ready, ...patch }, true, files).join(' ');
    expect(problemsOf(ready, false, files)[0]).toMatch(/No sample is chosen/);
    expect(problems({ draft: null })).toMatch(/needs a draft/);
    expect(problems({ draft: null, method: { name: 'ar' } })).toBe('');
    expect(problems({ target: null })).toMatch(/No target/);
    expect(problems({ draft: 'bad' })).toBe('bad.gguf: its header is cut off; copy it again');
    expect(problems({ draft: 'gone' })).toMatch(/The model gone is gone/);
    const gated = { gate: { mode: 'paper', threshold: 0.35 } } as const;
    expect(problems(gated)).toBe('');
    expect(problems({ ...gated, capture: { layers: 'none' } })).toMatch(/The gate \(paper\) reads attention/);
  });

  it('make a specification and come back from it', () => {
    const spec = specOf(ready, 'set', 'sample');
    expect(spec).toMatchObject({ dataSetId: 'set', sampleId: 'sample', target: 't' });
    expect(spec === null ? null : settingsOf(spec)).toEqual(ready);
    expect(specOf(defaultSettings, 'set', 'sample')).toBeNull();
  });
});

describe('labels of settings', () => {
  it('are short and complete', () => {
    expect(shortMethod({ name: 'draft-model', shape: { kind: 'chain', length: 4 } })).toBe('draft, chain 4');
    expect(shortMethod({ name: 'draft-model', shape: eagleShape })).toBe('draft, fixed tree, 26 nodes');
    expect(shortSampling(defaultSettings.sampling)).toBe('greedy');
    expect(shortSampling({ temperature: 0.7, topK: 40, topP: 0.9, seed: 3 })).toBe(
      'T 0.7, k 40, p .90, seed 3',
    );
    expect(shortCapture({ layers: [1, 3] })).toBe('layers 1, 3');
    expect(shortEngine(defaultSettings.engine)).toBe('auto');
    expect(shortEngine({ ...defaultSettings.engine, gpu: 'cpu', gpuLayers: -1, threads: 4 })).toBe(
      'cpu, all GPU layers, 4 threads',
    );
  });

  it('recognise the fixed trees', () => {
    expect(presetOf(binaryShape(3))).toBe('binary-3');
    expect(presetOf(eagleShape)).toBe('eagle-26');
    expect(presetOf(binaryShape(2))).toBeNull();
  });
});
