import { useMemo } from 'react';
import { type TokenOrigin, tokenOrigins } from '#shared/domain/token.ts';
import { formatCount } from '../../../ui/format.ts';
import type { RunView } from '../model/run-view.ts';
import { originLooks } from '../words/origins.ts';
import css from './tokens.module.css';

/** The six origins, and tokens set by the user where there are some, with how many tokens each has: colour and underline as in the stream. */
export function TokenLegend({ view }: { readonly view: RunView }) {
  const counts = useMemo(() => {
    const out = new Map<string, number>();
    for (const token of view.tokens) out.set(token.origin, (out.get(token.origin) ?? 0) + 1);
    return out;
  }, [view.tokens]);
  const shown: readonly TokenOrigin[] = counts.has('user') ? [...tokenOrigins, 'user'] : tokenOrigins;
  return (
    <ul className={css.legend} aria-label="Origins of the tokens">
      {shown.map((origin) => (
        <li key={origin} title={originLooks[origin].about} data-none={!counts.has(origin) || undefined}>
          <i className={css.swatch} data-origin={origin} />
          {originLooks[origin].label} <b>{formatCount(counts.get(origin) ?? 0)}</b>
        </li>
      ))}
    </ul>
  );
}
