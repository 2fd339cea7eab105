import { describe, expect, it } from 'vitest';
import {
  decideGate,
  type GateSpec,
  gateLabel,
  gateProblem,
  mmspecTiming,
} from '../../../src-shared/domain/gate.ts';
import { defaultMethod, type MethodName, methodNames } from '../../../src-shared/domain/method.ts';

describe('ViSkip’s gate', () => {
  it('hits at the threshold: heads 0.5, 0.3, 0.2, 0.4 give 0.35 (methods.md 9)', () => {
    const heads = [0.5, 0.3, 0.2, 0.4];
    const score = heads.reduce((a, b) => a + b, 0) / heads.length;
    expect(decideGate({ mode: 'paper', threshold: 0.35 }, score)).toEqual({
      score,
      threshold: 0.35,
      hit: true,
      skipped: true,
      forgone: null,
    });
  });

  it('lets drafting happen below it, and without a score', () => {
    expect(decideGate({ mode: 'paper', threshold: 0.35 }, 0.349)).toMatchObject({
      hit: false,
      skipped: false,
    });
    expect(decideGate({ mode: 'paper', threshold: 0 }, null)).toMatchObject({ hit: false, skipped: false });
  });

  it('compares but never acts as a probe, and does neither when off', () => {
    expect(decideGate({ mode: 'probe', threshold: 0.35 }, 0.9)).toMatchObject({ hit: true, skipped: false });
    expect(decideGate({ mode: 'off', threshold: 0.35 }, 0.9)).toEqual({
      score: 0.9,
      threshold: null,
      hit: false,
      skipped: false,
      forgone: null,
    });
  });

  it('decides where MMSpec’s code does, by what drafts', () => {
    const timing = (name: MethodName) => mmspecTiming(defaultMethod(name));
    expect(timing('ar')).toBeNull();
    expect(methodNames.filter((name) => timing(name) === 'within')).toEqual([
      'pld',
      'lookahead',
      'recycling',
      'sam',
    ]);
    expect([timing('draft-model'), timing('msd'), timing('vispec')]).toEqual(Array(3).fill('after-draft'));
  });

  it('says what is wrong with a gate, and the remedy', () => {
    const problem = (
      gate: Partial<GateSpec>,
      layers: 'none' | 'score' | 'last' | number[] = 'last',
      temperature = 0,
    ) =>
      gateProblem({
        gate: { mode: 'paper', threshold: 0.35, ...gate },
        capture: { layers },
        sampling: { temperature },
      });
    expect(problem({})).toBeNull();
    expect(problem({ layer: 1 }, [1, 3])).toBeNull();
    // The gate's layer is read whatever is recorded.
    expect(problem({ layer: 2 }, [1, 3])).toBeNull();
    expect(problem({}, 'score')).toBeNull();
    expect(problem({}, 'none')).toMatch(/capture at least the score, or switch the gate off/);
    expect(problem({ mode: 'oracle' }, 'none')).toBeNull();
    expect(problem({ mode: 'survey' }, 'none')).toMatch(/reads attention/);
    for (const mode of ['oracle', 'survey'] as const) {
      expect(problem({ mode }, 'last', 0.7)).toMatch(/set the temperature to 0/);
    }
  });

  it('is named in a few words', () => {
    const label = (gate: Partial<GateSpec>) => gateLabel({ mode: 'paper', threshold: 0.4, ...gate });
    expect(label({})).toBe('paper, r ≥ 0.4');
    expect(label({ layer: 3, heads: 'max' })).toBe('paper, r ≥ 0.4, layer 3, max of heads');
    expect(label({ mode: 'survey', heads: 2 })).toBe('survey, head 2');
    expect(label({ mode: 'oracle', layer: 3 })).toBe('oracle');
  });
});
