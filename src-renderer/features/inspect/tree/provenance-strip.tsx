import type { Round } from '#shared/domain/round.ts';
import type { Provenance } from '#shared/domain/tree.ts';
import { plural } from '../../../ui/format.ts';
import { retrievedSpan } from '../model/provenance.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import css from './tree.module.css';

interface Props {
  readonly view: RunView;
  readonly round: Round;
  readonly provenance: Provenance;
  readonly accepted: number;
}

/** Where a retrieval method found its draft: the match, and what was copied after it. */
export function ProvenanceStrip({ view, round, provenance, accepted }: Props) {
  const turn = view.turns.find((t) => t.index === round.turn);
  if (turn === undefined) return null;
  const answer = view.tokens.filter((token) => token.turn === round.turn);
  const { matched, copied } = retrievedSpan(provenance, turn, answer);
  const label = (id: number) => (id < 0 ? '⟨image⟩' : tokenLabel(view.vocabulary, id));
  const pieces = (ids: readonly number[], kind: (i: number) => string) =>
    ids.map((id, i) => (
      // The same token may occur twice: the place is its identity.
      // biome-ignore lint/suspicious/noArrayIndexKey: fixed list
      <code key={i} data-kind={kind(i)}>
        {label(id)}
      </code>
    ));
  return (
    <div className={css.provenance}>
      <span>
        {plural(provenance.matched, 'token')} matched in the {provenance.source} at{' '}
        {provenance.start - provenance.matched}:
      </span>
      {pieces(matched, () => 'matched')}
      <span>then copied:</span>
      {pieces(copied, (i) => (i < accepted ? 'accepted' : 'copied'))}
    </div>
  );
}
