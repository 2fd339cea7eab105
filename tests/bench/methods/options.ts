/** Options of `npm run bench:methods`. */
import { parseArgs } from 'node:util';
import { defaultGateThreshold, type GateMode, gateModes } from '../../../src-shared/domain/gate.ts';
import { type MethodName, methodNames } from '../../../src-shared/domain/method.ts';

/** A gate to measure; calibrated: `paper` at the threshold that a probe of other samples found best for the method. */
export type BenchGate = Exclude<GateMode, 'survey'> | 'calibrated';

/** A survey accepts nothing by design: it measures acceptance, not speed. */
const gates: readonly BenchGate[] = [...gateModes.filter((mode) => mode !== 'survey'), 'calibrated'];
const drafting = methodNames.filter((name) => name !== 'ar');

export interface BenchOptions {
  readonly samples: number;
  readonly repeats: number;
  /** most tokens of an answer */
  readonly tokens: number;
  readonly megabytes: number;
  readonly threads: number;
  readonly threshold: number;
  /** tokens of the chains */
  readonly chain: number;
  readonly methods: readonly MethodName[];
  readonly gates: readonly BenchGate[];
}

/** @throws Error naming the option and what it takes */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      samples: { type: 'string' },
      repeats: { type: 'string' },
      tokens: { type: 'string' },
      megabytes: { type: 'string' },
      threads: { type: 'string' },
      threshold: { type: 'string' },
      chain: { type: 'string' },
      methods: { type: 'string' },
      gates: { type: 'string' },
    },
  });
  const { quick } = values;
  return {
    samples: above0('samples', values.samples, quick ? 1 : 6),
    repeats: above0('repeats', values.repeats, quick ? 1 : 3),
    tokens: above0('tokens', values.tokens, quick ? 24 : 96),
    megabytes: above0('megabytes', values.megabytes, 300),
    threads: above0('threads', values.threads, 1),
    threshold: above0('threshold', values.threshold, defaultGateThreshold),
    chain: above0('chain', values.chain, 5),
    methods: chosen('methods', values.methods, drafting, drafting),
    gates: chosen('gates', values.gates, gates, quick ? ['off'] : ['off', 'paper', 'calibrated']),
  };
}

function above0(name: string, text: string | undefined, usual: number): number {
  const value = text === undefined ? usual : Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} ${text}: a number above 0 is needed`);
  return value;
}

function chosen<T extends string>(
  name: string,
  text: string | undefined,
  all: readonly T[],
  usual: readonly T[],
): readonly T[] {
  if (text === undefined) return usual;
  return text.split(',').map((word) => {
    const found = all.find((one) => one === word);
    if (found === undefined) throw new Error(`--${name} ${word}: known are ${all.join(', ')}`);
    return found;
  });
}
