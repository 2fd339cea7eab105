import { createPortal } from 'react-dom';
import { formatFixed } from '../../../ui/format.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { probability, rank } from '../words/numbers.ts';
import { originLooks } from '../words/origins.ts';
import css from './tokens.module.css';

interface Props {
  readonly view: RunView;
  readonly token: number;
  /** of the token on the screen */
  readonly rect: DOMRect;
}

const cardWidth = 232;
const cardHeight = 210;

/** Facts about the token under the pointer, placed below it, or above it near the lower edge of the window. */
export function TokenCard({ view, token, rect }: Props) {
  const t = view.tokens[token];
  if (t === undefined) return null;
  const look = originLooks[t.origin];
  const above = rect.bottom + cardHeight > window.innerHeight;
  const style = {
    width: cardWidth,
    left: Math.max(4, Math.min(rect.left, window.innerWidth - cardWidth - 8)),
    ...(above ? { bottom: window.innerHeight - rect.top + 6 } : { top: rect.bottom + 6 }),
  };
  const draft =
    t.pDraft === null
      ? 'not offered'
      : `${probability(t.pDraft)} ${t.draftRank === null ? '' : rank(t.draftRank)}`;
  return createPortal(
    <div className={css.card} style={style} role="tooltip">
      <p className={css.cardHead}>
        <code>{tokenLabel(view.vocabulary, t.id)}</code>
        <span>id {t.id}</span>
      </p>
      <p className={css.cardOrigin} style={{ color: `var(--${look.colour})` }}>
        <i className={css.swatch} data-origin={t.origin} />
        {look.label}
        {t.origin === 'accepted' && `, depth ${t.depth}`}
        <span>round {t.round}</span>
      </p>
      <dl>
        <dt>p target</dt>
        <dd>
          {probability(t.pTarget)} {rank(t.targetRank)}
        </dd>
        <dt>p draft</dt>
        <dd>{draft}</dd>
        <dt>entropy</dt>
        <dd>{formatFixed(t.entropy, 2)} nats</dd>
        <dt>margin</dt>
        <dd>{formatFixed(t.margin, 2)} logits</dd>
        <dt>r</dt>
        <dd>{t.score === null ? '–' : probability(t.score)}</dd>
      </dl>
    </div>,
    document.body,
  );
}
