import type { Costs, Point, RoundCost, WhatIf } from '#shared/metrics/what-if.ts';
import { type CurvePoint, ThresholdCurve } from '../../../charts/what-if/curve.tsx';
import { Button } from '../../../ui/button.tsx';
import { formatCount, formatFixed, formatMs, formatPercent, none, plural } from '../../../ui/format.ts';
import { Slider } from '../../../ui/slider.tsx';
import { Definition } from '../words/definition.tsx';
import type { DefinitionName } from '../words/definitions.ts';
import css from './what-if.module.css';

interface Props {
  readonly result: WhatIf;
  readonly costs: Costs;
  readonly runs: number;
  readonly threshold: number;
  /** of the run's own gate; null: it compares with none */
  readonly own: number | null;
  readonly onThreshold: (threshold: number) => void;
}

/** Slider, numbers and curve. */
export function WhatIfBody({ result, costs, runs, threshold, own, onThreshold }: Props) {
  const { curve, oracle, best, withoutGate } = result;
  const max = axisEnd(curve);
  const point = result.point(threshold);
  const timed = best !== null;
  const levelOf = (p: Point): number | null => (timed ? p.ratio : p.count.rounds / withoutGate.count.rounds);
  // Below the lowest score everything is skipped, down to 0.
  const points = [
    ...curve
      .toReversed()
      .slice(0, 1)
      .map((p) => ({ ...p, threshold: 0 })),
    ...curve.toReversed(),
  ].map(
    (p): CurvePoint => ({
      x: p.threshold ?? max,
      y: levelOf(p),
      share: p.count.skipped / Math.max(1, p.count.rounds),
      exact: p.count.assumed === 0,
    }),
  );
  const helps = best !== null && best.threshold !== null && best.ratio !== null && best.ratio < 1;
  return (
    <div className={css.body}>
      <div className={css.side}>
        <div className={css.slider}>
          <Slider
            label="Threshold of r"
            value={Math.min(threshold, max)}
            min={0}
            max={max}
            step={0.005}
            format={(value) => formatFixed(value, 3)}
            onChange={onThreshold}
          />
          <Button
            size="s"
            disabled={!helps}
            onClick={() => best?.threshold != null && onThreshold(best.threshold)}
          >
            Best
          </Button>
          {own !== null && (
            <Button size="s" variant="ghost" onClick={() => onThreshold(own)}>
              {runs === 1 ? 'The run’s' : 'This run’s'}
            </Button>
          )}
        </div>
        <Facts point={point} result={result} />
        <p className={css.costs}>
          {runs === 1
            ? 'Measured in this run and its survey'
            : `Measured in ${plural(runs, 'run')} and surveys`}
          : drafted {costWords(costs.drafted)}, asked without an offer {costWords(costs.undrafted)}, plain{' '}
          {costWords(costs.plain)}.
        </p>
        <p className={css.verdict}>{verdict(result, helps)}</p>
      </div>
      <div className={css.chart}>
        <Legend quantity={timed ? 'estimated time' : 'rounds'} own={own !== null} oracle={timed} />
        <ThresholdCurve
          points={points}
          max={max}
          current={{ x: Math.min(threshold, max), y: levelOf(point) }}
          best={best === null ? null : { x: best.threshold ?? max, y: levelOf(best) }}
          oracle={timed ? oracle.ratio : null}
          own={own}
          label={`Curve over all thresholds. At ${formatFixed(threshold, 3)}: ${formatFixed(levelOf(point), 3)} of ${timed ? 'the time' : 'the rounds'} without a gate. ${verdict(result, helps)}`}
          onPick={(x) => onThreshold(Math.round(x * 1000) / 1000)}
        />
      </div>
    </div>
  );
}

function Facts({ point, result }: { readonly point: Point; readonly result: WhatIf }) {
  const { count, lost, ms, ratio } = point;
  const { precision, recall, right, zeroAccept } = count.quality;
  const facts: readonly (readonly [DefinitionName, string, string, string])[] = [
    ['whatIfSkipped', 'skipped', formatCount(count.skipped), `of ${formatCount(count.rounds)} rounds`],
    [
      'whatIfLost',
      'accepted lost',
      formatCount(lost),
      `of ${formatCount(result.withoutGate.count.accepted)}`,
    ],
    [
      'rounds',
      'rounds',
      formatCount(count.rounds),
      `${formatCount(result.withoutGate.count.rounds)} without gate`,
    ],
    [
      'whatIfTime',
      'estimated time',
      formatMs(ms),
      ratio === null ? 'not measured' : `× ${formatFixed(ratio, 3)}`,
    ],
    [
      'precision',
      'precision',
      formatPercent(precision),
      `${formatCount(right)} of ${formatCount(count.skipped)}`,
    ],
    ['recall', 'recall', formatPercent(recall), `${formatCount(right)} of ${formatCount(zeroAccept)}`],
    [
      'whatIf',
      'assumed',
      count.assumed === 0 ? (count.unsure === 0 ? 'nothing' : 'precision') : plural(count.assumed, 'round'),
      count.unsure === 0 ? 'all drafts known' : `${formatCount(count.unsure)} drafts unknown`,
    ],
    [
      'oracle',
      'oracle',
      result.oracle.ratio === null ? none : `× ${formatFixed(result.oracle.ratio, 3)}`,
      `${formatCount(result.oracle.count.skipped)} skipped`,
    ],
  ];
  return (
    <dl className={css.facts} aria-label="At this threshold">
      {facts.map(([name, label, value, detail]) => (
        <Definition key={label} name={name}>
          <div className={css.fact}>
            <dt>{label}</dt>
            <dd>{value}</dd>
            <dd className={css.detail}>{detail}</dd>
          </div>
        </Definition>
      ))}
    </dl>
  );
}

/** What the marks of the curve mean. */
function Legend({
  quantity,
  own,
  oracle,
}: {
  readonly quantity: string;
  readonly own: boolean;
  readonly oracle: boolean;
}) {
  return (
    <ul className={css.legend} aria-label="Legend of the curve">
      <li>
        <i data-look="line" /> {quantity} / without gate
      </li>
      <li>
        <i data-look="share" /> rounds skipped
      </li>
      <li>
        <i data-look="best" /> best
      </li>
      <li>
        <i data-look="current" /> this threshold
      </li>
      {own && (
        <li>
          <i data-look="own" /> the run’s own
        </li>
      )}
      {oracle && (
        <li>
          <i data-look="oracle" /> oracle
        </li>
      )}
    </ul>
  );
}

/** Right end of the threshold axis, above every score, so that nothing is skipped there. */
function axisEnd(curve: readonly Point[]): number {
  const highest = curve.find(({ threshold }) => threshold !== null)?.threshold ?? 0;
  return Math.min(1, Math.ceil((highest + 0.05) * 20) / 20);
}

function costWords(cost: RoundCost | null): string {
  if (cost === null) return 'not measured';
  return `${formatMs(cost.ms)} + ${formatMs(cost.scoreMs)} for the score (${plural(cost.rounds, 'round')})`;
}

function verdict({ best }: WhatIf, helps: boolean): string {
  if (best === null || best.ratio === null)
    return 'A kind of round was not measured, so times are not known.';
  if (!helps || best.threshold === null) {
    return `No threshold helps: the best takes ${formatFixed(best.ratio, 3)} of the time without a gate.`;
  }
  return `Best: ${best.threshold}, an estimated ${formatFixed(best.ratio, 3)} of the time without a gate.`;
}
