import type { RunTotals } from '#shared/domain/run.ts';
import { acceptanceRate, mat, tokensPerSecond } from '#shared/metrics/totals.ts';
import { formatCount, formatFixed, formatMs, formatPercent } from '../../../ui/format.ts';
import type { RunView } from '../model/run-view.ts';
import { Definition } from '../words/definition.tsx';
import type { DefinitionName } from '../words/definitions.ts';
import css from './header.module.css';

/** What reading the score costs per round, where attention was read. */
function scoreCost(t: RunTotals): [DefinitionName, string, string][] {
  return t.captureMs === 0 ? [] : [['scoreCost', 'score / round', formatMs(t.captureMs / t.rounds)]];
}

/** The run's totals, each with its definition as a tooltip. */
export function Metrics({ view }: { readonly view: RunView }) {
  const t = view.summary.totals;
  const metrics: readonly [DefinitionName, string, string][] = [
    ['mat', 'MAT', formatFixed(mat(t), 2)],
    ['acceptance', 'acceptance', formatPercent(acceptanceRate(t))],
    ['drafted', 'accepted / drafted', `${formatCount(t.accepted)} / ${formatCount(t.drafted)}`],
    ['rounds', 'rounds', formatCount(t.rounds)],
    ['rounds', 'tokens', formatCount(t.newTokens)],
    ['skipped', 'skipped', formatCount(t.skipped)],
    ['speed', 'tok/s', formatFixed(tokensPerSecond(t), 1)],
    ...scoreCost(t),
  ];
  return (
    <dl className={css.metrics}>
      {metrics.map(([name, label, value]) => (
        <Definition key={label} name={name}>
          <div className={css.metric}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        </Definition>
      ))}
    </dl>
  );
}
