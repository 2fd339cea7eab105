/** What `specula calibrate` prints. */
import { type GateSpec, gateLabel } from '#shared/domain/gate.ts';
import { type MethodSpec, methodLabel } from '#shared/domain/method.ts';
import type { Costs, Point, RoundCost, WhatIf } from '#shared/metrics/what-if.ts';
import { table } from './terminal.ts';

export interface Calibration {
  readonly method: MethodSpec;
  /** of the runs; its threshold does not matter */
  readonly gate: GateSpec;
  readonly runs: readonly { readonly sample: string; readonly run: string; readonly survey: string }[];
  /** rounds and tokens are those of real runs; false: the method would draft otherwise at another threshold */
  readonly exact: boolean;
  readonly costs: Costs;
  readonly result: WhatIf;
  /** real runs at the best threshold: their rounds and decoding milliseconds; null: not asked for */
  readonly check: { readonly rounds: number; readonly ms: number } | null;
}

const number = (value: number | null, digits: number): string =>
  value === null ? '-' : value.toFixed(digits);
const thresholdText = ({ threshold }: Point): string => (threshold === null ? 'never' : String(threshold));

/** Rows of the table: the best one and others evenly by rank. */
const mostRows = 20;

const definitions = `
skipped    rounds that the gate decodes plainly
lost       accepted tokens fewer than without skipping, so as many rounds more
precision  skipped rounds in which nothing would have been accepted / skipped rounds
recall     skipped rounds in which nothing would have been accepted / all rounds in which nothing would be
est. ms    estimated decoding time: rounds of each kind times their mean measured cost, the score's cost included
ratio      est. ms / the same without a gate and without reading the score; below 1 the gate helps
oracle     skips exactly the rounds in which nothing would be accepted; needs no score
`;

export function calibrationReport(calibration: Calibration): string {
  const { method, gate, runs, exact, costs, result } = calibration;
  const { withoutGate, oracle, curve, best } = result;
  const score = gateLabel({ ...gate, mode: 'survey' }).replace(/^survey(, )?/, '');
  const { newTokens, rounds } = withoutGate.count;
  const lines = [
    `method  ${methodLabel(method)}; r of ${score === '' ? 'the last layer, mean of heads' : score}`,
    `runs    ${runs.length} of ${new Set(runs.map(({ sample }) => sample)).size} samples, each with a survey: ${newTokens} tokens, ${rounds} rounds without a gate`,
    exact
      ? 'counts  rounds and tokens at every threshold are those of a real run (greedy); times are estimates'
      : 'counts  estimates: this method learns from the rounds it had, so at another threshold it drafts otherwise',
    `costs   per round, measured: drafted ${costWords(costs.drafted)}; asked, no draft ${costWords(costs.undrafted)}; plain ${costWords(costs.plain)}`,
  ];
  const shown = thinned(curve, best);
  const head = ['threshold', 'rounds', 'skipped', 'lost', 'precision', 'recall', 'est. ms', 'ratio', ''];
  const rows = [
    ...shown.map((point) => row(thresholdText(point), point, point === best ? 'best' : '')),
    row('oracle', oracle, ''),
  ];
  return `${lines.join('\n')}\n\n${table([head, ...rows])}${definitions}\n${verdict(calibration)}\n`;
}

function costWords(cost: RoundCost | null): string {
  if (cost === null) return 'not measured';
  return `${number(cost.ms, 3)} ms + score ${number(cost.scoreMs, 3)} ms (${cost.rounds} rounds)`;
}

function row(name: string, { count, lost, ms, ratio }: Point, mark: string): (string | number)[] {
  const { precision, recall } = count.quality;
  return [
    name,
    count.rounds,
    count.skipped,
    lost,
    number(precision, 3),
    number(recall, 3),
    number(ms, 1),
    number(ratio, 3),
    mark,
  ];
}

/** Both ends, the best point, and others evenly by rank. */
function thinned(curve: readonly Point[], best: Point | null): Point[] {
  const step = Math.max(1, Math.ceil(curve.length / mostRows));
  return curve.filter((point, i) => i % step === 0 || i === curve.length - 1 || point === best);
}

function verdict({ result: { best, withoutGate, oracle }, check }: Calibration): string {
  if (best === null || best.ratio === null) {
    return 'No best threshold: a kind of round was not measured, so there are no times to compare.';
  }
  const bound = `The oracle would take ${number(oracle.ratio, 3)} of it.`;
  const time = `${number(best.ratio, 3)} of the time without a gate`;
  if (best.ratio >= 1 || best.threshold === null) {
    return `No threshold helps: the best one (${thresholdText(best)}) takes ${time}. ${bound}`;
  }
  const lines = [`Best: --gate paper --threshold ${best.threshold} takes an estimated ${time}. ${bound}`];
  if (check !== null && withoutGate.ms !== null) {
    lines.push(
      `Checked with real runs at ${best.threshold}: ${check.rounds} rounds (what-if: ${best.count.rounds}), ${number(check.ms / withoutGate.ms, 3)} of the time without a gate.`,
    );
  }
  return lines.join('\n');
}

/** The whole curve. An empty threshold is "never skip". */
export function calibrationCsv({ result: { curve, best } }: Calibration): string {
  const head = 'threshold,rounds,new_tokens,skipped,lost,precision,recall,estimated_ms,ratio,best';
  const lines = curve.map((point) => {
    const { threshold, count, lost, ms, ratio } = point;
    const { precision, recall } = count.quality;
    const cells = [
      threshold,
      count.rounds,
      count.newTokens,
      count.skipped,
      lost,
      precision,
      recall,
      ms,
      ratio,
    ];
    return [...cells.map((cell) => cell ?? ''), point === best ? 1 : 0].join(',');
  });
  return `${[head, ...lines].join('\n')}\n`;
}
