import type { Round } from '#shared/domain/round.ts';
import type { DraftTree } from '#shared/domain/tree.ts';
import { plural } from '../../../ui/format.ts';
import { copiedSpan, retrievedPath, tokensBefore, tokensBetween } from '../model/provenance.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { provenanceWords, sourceWords } from '../words/provenance.ts';
import css from './tree.module.css';

interface Props {
  readonly view: RunView;
  readonly round: Round;
  readonly tree: DraftTree;
  /** the path through this node is shown */
  readonly node: number;
  /** shows a token's text; left out: as the run knows it */
  readonly label?: (id: number) => string;
}

/** Tokens shown around what was copied. */
const context = 6;

/** Where a retrieval method found a path of its draft: the match and what was copied after it, or whose guesses it took. */
export function ProvenanceStrip({ view, round, tree, node, label: labelOf }: Props) {
  const turn = view.turns.find((t) => t.index === round.turn);
  const path = retrievedPath(tree, node);
  const leaf = path.at(-1)?.from;
  if (turn === undefined || leaf === undefined) return null;
  const answer = view.tokens.filter((token) => token.turn === round.turn);
  const matched = tokensBefore(turn, answer, round.firstToken, leaf.matched);
  const text = labelOf ?? ((id: number) => tokenLabel(view.vocabulary, id));
  const label = (id: number) => (id < 0 ? '⟨image⟩' : text(id));
  const first = leaf.at === null ? null : leaf.at + 1 - path.length;
  const place = first === null ? '' : ` at ${first - leaf.matched}`;
  const source = first === null ? leaf.source : first < turn.promptTokens.length ? 'prompt' : 'answer';
  const span = copiedSpan(path);
  const around = (from: number, to: number) => (
    <span className={css.around}>
      {tokensBetween(turn, answer, from, to)
        .filter((id, i, ids) => id >= 0 || ids[i - 1] !== id)
        .map(label)
        .join('')}
    </span>
  );
  return (
    <div className={css.provenance}>
      {leaf.rank === null ? (
        <>
          <span>
            {plural(leaf.matched, 'token')} matched in {sourceWords(source)}
            {place}:
          </span>
          {span !== null && around(span.from - context, span.from)}
          {matched.map((id, i) => (
            // The same token may occur twice: the place is its identity.
            // biome-ignore lint/suspicious/noArrayIndexKey: fixed list
            <code key={i} data-kind="matched">
              {label(id)}
            </code>
          ))}
          <span>then copied:</span>
        </>
      ) : (
        <span>what the target ranked high after these tokens before:</span>
      )}
      {path.map(({ node: i, from }) => (
        <code
          key={i}
          data-kind={tree.fates[i] === 'accepted' ? 'accepted' : 'copied'}
          title={provenanceWords(from)}
        >
          {label(tree.tokens[i] ?? 0)}
        </code>
      ))}
      {span !== null && around(span.to, span.to + context)}
    </div>
  );
}
