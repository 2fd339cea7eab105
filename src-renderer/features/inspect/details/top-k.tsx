import { useState } from 'react';
import { klLowerBound } from '#shared/metrics/divergence.ts';
import { ProbabilityList } from '../../../charts/bars/probability-list.tsx';
import { formatFixed } from '../../../ui/format.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { Definition } from '../words/definition.tsx';
import type { ReasonContext } from '../words/node-reason.ts';
import css from './details.module.css';
import { topRows } from './top-rows.ts';

interface Props {
  readonly context: ReasonContext;
  /** node whose row is shown; null: the target had no row there */
  readonly row: number | null;
  readonly subject: number | null;
  readonly chosen: number | null;
  readonly noDraftTop: string;
  readonly after: boolean;
  /** switches between the row where it was judged and its own; null when there is only one */
  readonly onAfter: ((after: boolean) => void) | null;
}

const options = [
  { value: 'judged', label: 'Where it was judged' },
  { value: 'after', label: 'What follows it' },
] as const;

type Scale = 'p' | 'log';
const scales = [
  { value: 'p', label: 'p' },
  { value: 'log', label: 'ln p' },
] as const;

/** The target's and the draft's most likely tokens at one place, side by side. */
export function TopK({ context, row, subject, chosen, noDraftTop, after, onAfter }: Props) {
  const target = row === null ? null : (context.tree.targetTop[row] ?? null);
  const draft = row === null ? null : (context.tree.draftTop[row] ?? null);
  const [scale, setScale] = useState<Scale>('p');
  const logs = scale === 'log';
  const marks = { chosen, subject };
  const place = row === null ? '' : `«${context.label(context.tree.tokens[row] ?? 0)}»`;
  return (
    <section>
      <Segmented label="Numbers" className={css.scale} value={scale} options={scales} onChange={setScale} />
      <h3 className={css.title}>
        {row === null ? (
          'Most likely tokens'
        ) : (
          <>
            Most likely after <code>{place}</code>
            {target !== null && draft !== null && (
              <Definition name="kl">
                <span className={css.kl}>KL ≥ {formatFixed(klLowerBound(target, draft), 3)} nats</span>
              </Definition>
            )}
          </>
        )}
      </h3>
      {onAfter !== null && (
        <Segmented
          label="Which row"
          className={css.which}
          value={after ? 'after' : 'judged'}
          options={options}
          onChange={(value) => onAfter(value === 'after')}
        />
      )}
      <div className={css.lists}>
        <ProbabilityList
          title="target"
          otherTitle="draft #"
          colour="origin-bonus-mark"
          rows={topRows(target, draft, context.label, marks, logs)}
          empty="The target never looked here: the node was cut before its pass."
        />
        <ProbabilityList
          title="draft"
          otherTitle="target #"
          colour="origin-accepted-mark"
          rows={topRows(draft, target, context.label, marks, logs)}
          empty={noDraftTop}
        />
      </div>
    </section>
  );
}
