import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gateModes } from '#shared/domain/gate.ts';
import { defaultMethod, methodNames } from '#shared/domain/method.ts';
import {
  addBenchOptions,
  type BenchOptions,
  parseGate,
  parseMethod,
} from '../../../src-main/cli/bench-options.ts';
import { UsageError } from '../../../src-main/cli/exit.ts';

function parse(...args: string[]): BenchOptions {
  const command = addBenchOptions(new Command('bench'))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<BenchOptions>();
}

describe('a method in one word', () => {
  it('is what the options of a run would be', () => {
    for (const name of methodNames) expect(parseMethod(name)).toEqual({ method: defaultMethod(name) });
    expect(parseMethod('pld:ngram=3,max-draft=8')).toEqual({
      method: { name: 'pld', ngram: 3, maxDraft: 8 },
    });
    expect(parseMethod('draft-model:tree=4,2,16')).toEqual({
      method: { name: 'draft-model', shape: { kind: 'dynamic', topK: 4, depth: 2, nodes: 16 } },
    });
    expect(parseMethod('sam:variant=mmspec')).toEqual({ method: defaultMethod('sam', 'mmspec') });
    expect(parseMethod('lookahead:shared,branch=6').method).toMatchObject({ shared: true, branch: 6 });
  });

  it('may name its own draft', () => {
    expect(parseMethod('draft-model:chain=5,draft=my-draft,draft-projector=eyes')).toEqual({
      method: { name: 'draft-model', shape: { kind: 'chain', length: 5 } },
      draft: 'my-draft',
      draftProjector: 'eyes',
    });
  });

  it('round-trips every number that the option takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 63 }), (ngram, maxDraft) => {
        expect(parseMethod(`pld:ngram=${ngram},max-draft=${maxDraft}`).method).toEqual({
          name: 'pld',
          ngram,
          maxDraft,
        });
      }),
    );
  });

  it.each([
    ['guess', /^--method guess: .*'guess' is invalid/],
    ['pld:ngram=0', /^--method pld:ngram=0: /],
    ['pld:ngram', /^--method pld:ngram: .*argument missing/],
    ['pld:nGram=3', /unknown option '--nGram'/],
    ['pld:chain=3', /--chain/],
    ['draft-model:chain=3,tree=4,2,16', /cannot be used with/],
    ['pld:temperature=1', /temperature is no setting of it\. Give it to the whole bench\./],
    ['pld:threshold=0.2', /threshold is no setting of it/],
    ['pld:sample=x', /sample is no setting of it/],
    ['pld:help', /unknown option '--help'/],
  ])('refuses %s', (text, message) => {
    expect(() => parseMethod(text)).toThrow(UsageError);
    expect(() => parseMethod(text)).toThrow(message);
  });

  it('never ends the process or throws anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('', 'pld:', 'eagle2:'), (text, start) => {
        try {
          parseMethod(`${start}${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a gate in one word', () => {
  it('has a mode, then a threshold, then settings', () => {
    for (const mode of gateModes) expect(parseGate(mode)).toMatchObject({ mode, threshold: 0.35 });
    expect(parseGate('paper:0.4')).toMatchObject({ mode: 'paper', threshold: 0.4 });
    expect(parseGate('paper:.25')).toMatchObject({ threshold: 0.25 });
    expect(parseGate('probe:0.4,score-layer=3,score-heads=max')).toEqual({
      mode: 'probe',
      threshold: 0.4,
      layer: 3,
      heads: 'max',
    });
    expect(parseGate('probe:score-heads=2')).toMatchObject({ threshold: 0.35, heads: 2 });
  });

  it('takes every threshold', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (threshold) => {
        fc.pre(!String(threshold).startsWith('-'));
        expect(parseGate(`paper:${threshold}`).threshold).toBe(threshold);
      }),
    );
  });

  it.each([
    ['never', /^--gate never: .*'never' is invalid/],
    ['paper:1.5', /^--gate paper:1\.5: /],
    ['paper:layer=2', /unknown option '--layer'/],
    ['paper:0.3,ngram=2', /ngram is no setting of it/],
  ])('refuses %s', (text, message) => {
    expect(() => parseGate(text)).toThrow(UsageError);
    expect(() => parseGate(text)).toThrow(message);
  });
});

describe('options of a bench', () => {
  it('have defaults, and some may be repeated', () => {
    expect(parse()).toMatchObject({ repeats: 1, order: 1, warmUp: 1, shard: { index: 1, of: 1 } });
    expect(parse('--method', 'pld', '--method', 'sam:per-match=2', '--gate', 'paper:0.3')).toMatchObject({
      method: ['pld', 'sam:per-match=2'],
      gate: ['paper:0.3'],
    });
    expect(parse('--topic', 'chart', '--topic', 'text vqa').topic).toEqual(['chart', 'text vqa']);
    expect(parse('--target', 'a', '--target', 'b').target).toEqual(['a', 'b']);
  });

  it('read shards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (a, b) => {
        const [index, of] = [Math.min(a, b), Math.max(a, b)];
        expect(parse('--shard', `${index}/${of}`).shard).toEqual({ index, of });
      }),
    );
    for (const wrong of ['0/2', '3/2', '1', '1/2/3', 'a/b', '1/0', '-1/2'])
      expect(() => parse('--shard', wrong)).toThrow('Give i/n');
  });

  it.each([
    ['--repeats', '0'],
    ['--repeats', '1.5'],
    ['--limit', '0'],
    ['--warm-up', '-1'],
    ['--order', '4294967296'],
    ['--resamples', '10'],
    ['--resamples', ''],
  ])('refuse %s %s', (name, value) => {
    expect(() => parse(name, value)).toThrow();
  });
});
