import { describe, expect, it } from 'vitest';
import { defaultMethod } from '#shared/domain/method.ts';
import type { ModelFile, ModelSet } from '#shared/domain/model.ts';
import { binaryShape, eagleShape } from '#shared/domain/shapes.ts';
import {
  presetOf,
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
  withDraftFile,
  withKnownModels,
  withMethod,
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
  heads: 1,
  geometry: null,
  embedding: 1,
  vocab: 1,
  head: null,
  madeFor: null,
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

  it('take a head that fits when the method needs one, and the draft model back', () => {
    const head = (id: string, patch: Partial<ModelFile>): ModelFile => ({
      ...file(id),
      role: 'head',
      head: 'eagle',
      ...patch,
    });
    const some = [
      ...files,
      head('wide', { embedding: 2 }),
      head('other', { head: 'msd' }),
      head('any', {}),
      head('made', { madeFor: 't' }),
    ];
    const eagle = withMethod(ready, defaultMethod('eagle'), some, [set]);
    expect(eagle).toMatchObject({ draft: 'made', draftProjector: null });
    expect(setOf(eagle, [set])).toBe(set);
    expect(problemsOf(eagle, true, some)).toEqual([]);
    // A head that the user chose stays while it fits.
    const chosen = { ...eagle, draft: 'any' };
    expect(withMethod(chosen, defaultMethod('eagle2'), some, [set]).draft).toBe('any');
    expect(withMethod(chosen, defaultMethod('msd'), some, [set]).draft).toBe('other');
    expect(withMethod(chosen, defaultMethod('vispec'), some, [set]).draft).toBeNull();
    expect(withMethod(chosen, { name: 'ar' }, some, [set]).draft).toBe('any');
    expect(withMethod(chosen, defaultMethod('draft-model'), some, [set])).toMatchObject({ draft: 'd' });
    expect(withDraftFile(ready, some, [set])).toBe(ready);
    // Chosen while the list of models was still on its way.
    const early = withMethod(defaultSettings, defaultMethod('eagle'), [], []);
    expect(early).toEqual({ ...defaultSettings, method: defaultMethod('eagle') });
    expect(withKnownModels(early, some, [set])).toMatchObject({ target: 't', draft: 'made' });
    const problems = (draft: string) => problemsOf({ ...eagle, draft }, true, some).join(' ');
    expect(problems('wide')).toMatch(/wide.gguf cannot draft here: .*width 2, the target's have 1/);
    expect(problems('other')).toMatch(/kind msd; the method needs one of kind eagle/);
    expect(problems('d')).toMatch(/needs one of kind eagle/);
    expect(problemsOf({ ...ready, draft: 'any' }, true, some).join(' ')).toMatch(/a draft model is needed/);
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
