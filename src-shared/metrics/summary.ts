/** The numbers of one method over a group of turns, beside plain decoding. Definitions: definitions.ts and the functions used. */
import type { Round } from '../domain/round.ts';
import type { Sampling } from '../domain/run.ts';
import {
  acceptanceByDepth,
  acceptanceByWords,
  acceptedHistogram,
  type DepthAcceptance,
  type WordAcceptance,
  zeroAcceptRatio,
  zeroAcceptRatioOfAll,
} from './acceptance.ts';
import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts';
import { decisionsIn, type GateQuality, gateQuality } from './gate-quality.ts';
import { type Difference, firstDifference } from './identity.ts';
import { type TimeSplit, timePerTokenMs, timeSplit, ttftMs, wallMs } from './latency.ts';
import { type ObservedTurn, sumsByTurn, type TurnSums } from './observation.ts';
import { speedupGlobal, speedupLatency, speedupPaired, type TurnPair } from './speedup.ts';
import { quantile } from './statistics.ts';
import { matOf, meanAccepted } from './totals.ts';

export interface Estimate {
  readonly value: number | null;
  readonly interval: Interval | null;
}

export interface FirstDifference extends Difference {
  readonly sampleId: string;
  readonly turn: number;
  readonly repeat: number;
}

/** Comparison of answers with those of plain decoding. */
export interface Identity {
  /** turns that plain decoding answered too */
  readonly compared: number;
  readonly differing: number;
  readonly first: FirstDifference | null;
}

/** What a gate did in all rounds. */
export interface GateUse {
  /** rounds whose score reached the threshold */
  readonly hits: number;
  /** rounds in which drafting was forbidden */
  readonly skipped: number;
  /** null where rounds were skipped: what would have been accepted in them is not known */
  readonly quality: GateQuality | null;
}

export interface Summary {
  readonly samples: number;
  /** turns, repeats counted */
  readonly turns: number;
  readonly newTokens: number;
  readonly rounds: number;
  readonly mat: Estimate;
  readonly acceptance: Estimate;
  readonly draftAcceptMean: number | null;
  readonly zeroAccept: number | null;
  /** as MMSpec counts it */
  readonly zeroAcceptOfAll: number | null;
  readonly acceptedHistogram: readonly number[];
  readonly byDepth: readonly DepthAcceptance[];
  /** null for plain decoding itself */
  readonly speedup: Readonly<Record<'paired' | 'global' | 'latency' | 'decode', Estimate>> | null;
  /** seconds, all turns */
  readonly wall: number;
  /** seconds: median and 90 % quantile over turns */
  readonly wallQuantiles: readonly [number | null, number | null];
  readonly ttftMs: number | null;
  readonly timePerTokenMs: number | null;
  readonly split: TimeSplit;
  /** null: no gate */
  readonly gate: GateUse | null;
  /** null: no reference with marked words */
  readonly words: Readonly<Record<'image' | 'other', WordAcceptance>> | null;
  /** null for plain decoding itself, and under sampling, where answers may differ */
  readonly identity: Identity | null;
}

export interface SummaryOptions {
  readonly bootstrap: BootstrapOptions;
  readonly sampling: Sampling;
}

/** @param plain turns of plain decoding by the same target; null: `turns` are these */
export function summarise(
  turns: readonly ObservedTurn[],
  plain: readonly ObservedTurn[] | null,
  options: SummaryOptions,
): Summary {
  const rounds = turns.flatMap((turn) => turn.rounds);
  const other = plain && sumsByTurn(plain);
  const clusters = [...Map.groupBy(turns, ({ sampleId }) => sampleId).values()].map((ofSample) =>
    [...sumsByTurn(ofSample)].map(([key, own]): Unit => ({ own, plain: other?.get(key) ?? null })),
  );
  const units = clusters.flat();
  const intervals = bootstrap(clusters, statistics, options.bootstrap);
  const estimate = (name: keyof typeof statistics): Estimate => ({
    value: statistics[name](units),
    interval: intervals[name],
  });
  const words = acceptanceByWords(turns.flatMap((turn) => turn.tokens));
  const walls = turns.map((turn) => wallMs(turn) / 1000).sort((a, b) => a - b);
  return {
    samples: new Set(turns.map(({ sampleId }) => sampleId)).size,
    turns: turns.length,
    newTokens: turns.reduce((sum, { tokens }) => sum + tokens.length, 0),
    rounds: rounds.length,
    mat: estimate('mat'),
    acceptance: estimate('acceptance'),
    draftAcceptMean: meanAccepted(rounds.map(({ accepted }) => accepted)),
    zeroAccept: zeroAcceptRatio(rounds),
    zeroAcceptOfAll: zeroAcceptRatioOfAll(
      rounds.filter(({ noDraft }) => noDraft !== 'prefill').map(({ accepted }) => accepted),
    ),
    acceptedHistogram: acceptedHistogram(rounds),
    byDepth: acceptanceByDepth(rounds),
    speedup: plain && {
      paired: estimate('paired'),
      global: estimate('global'),
      latency: estimate('latency'),
      decode: estimate('decode'),
    },
    wall: walls.reduce((sum, seconds) => sum + seconds, 0),
    wallQuantiles: [quantile(walls, 0.5), quantile(walls, 0.9)],
    ttftMs: mean(turns.map(ttftMs)),
    timePerTokenMs: mean(turns.map((turn) => timePerTokenMs(turn, turn.tokens.length))),
    split: timeSplit(turns),
    gate: gateUse(rounds),
    words: turns.some(({ tokens }) => tokens.some(({ word }) => word !== null)) ? words : null,
    identity: plain === null || options.sampling.temperature > 0 ? null : identity(turns, plain),
  };
}

/** One sample and turn. A resample draws samples, with all of their turns. */
interface Unit {
  readonly own: TurnSums;
  readonly plain: TurnSums | null;
}

const pairs = (units: readonly Unit[], seconds: 'wall' | 'decode'): TurnPair[] =>
  units.flatMap(({ own, plain }) =>
    plain === null
      ? []
      : [
          {
            method: { tokens: own.tokens, seconds: own[seconds] },
            baseline: { tokens: plain.tokens, seconds: plain[seconds] },
          },
        ],
  );

const statistics = {
  mat: (units: readonly Unit[]) =>
    matOf(units.map(({ own }) => ({ newTokens: own.tokens, rounds: own.rounds }))),
  acceptance: (units: readonly Unit[]) => {
    const drafted = units.reduce((sum, { own }) => sum + own.drafted, 0);
    return drafted === 0 ? null : units.reduce((sum, { own }) => sum + own.accepted, 0) / drafted;
  },
  paired: (units: readonly Unit[]) => speedupPaired(pairs(units, 'wall')),
  global: (units: readonly Unit[]) => speedupGlobal(pairs(units, 'wall')),
  latency: (units: readonly Unit[]) => speedupLatency(pairs(units, 'wall')),
  decode: (units: readonly Unit[]) => speedupGlobal(pairs(units, 'decode')),
};

function gateUse(rounds: readonly Round[]): GateUse | null {
  if (rounds.every(({ gate }) => gate.threshold === null)) return null;
  const skipped = rounds.filter(({ gate }) => gate.skipped).length;
  return {
    hits: rounds.filter(({ gate }) => gate.hit).length,
    skipped,
    quality: skipped > 0 ? null : gateQuality(decisionsIn(rounds, null)),
  };
}

function identity(turns: readonly ObservedTurn[], plain: readonly ObservedTurn[]): Identity {
  const key = ({ sampleId, turn, repeat }: ObservedTurn): string => JSON.stringify([sampleId, turn, repeat]);
  const outputs = new Map(plain.map((turn) => [key(turn), outputOf(turn)]));
  let compared = 0;
  let differing = 0;
  let first: FirstDifference | null = null;
  for (const turn of turns) {
    const expected = outputs.get(key(turn));
    if (expected === undefined) continue;
    compared++;
    const difference = firstDifference(expected, outputOf(turn));
    if (difference === null) continue;
    differing++;
    const { sampleId, turn: index, repeat } = turn;
    first ??= { ...difference, sampleId, turn: index, repeat };
  }
  return { compared, differing, first };
}

const outputOf = ({ tokens }: ObservedTurn) => ({
  ids: tokens.map(({ id }) => id),
  margins: tokens.map(({ margin }) => margin),
});

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
