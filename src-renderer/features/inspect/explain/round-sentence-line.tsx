import type { Round } from '#shared/domain/round.ts';
import type { DraftTree } from '#shared/domain/tree.ts';
import type { RunView } from '../model/run-view.ts';
import css from './explain.module.css';
import { sentenceOf } from './story.ts';

interface Props {
  readonly view: RunView;
  readonly round: Round;
  readonly tree: DraftTree;
}

/** What happened in the round. Read out when another round is chosen, but not while rounds stream in. */
export function RoundSentence({ view, round, tree }: Props) {
  return (
    <p
      className={css.sentence}
      data-look={round.gate.skipped ? 'gate' : round.noDraft !== null ? 'plain' : undefined}
      aria-live={view.summary.status === 'running' ? 'off' : 'polite'}
    >
      <WithCode text={sentenceOf(view, round.index, tree)} />
    </p>
  );
}

/** Text in «…» as code; the quotation marks stay, for readers and for copying. */
export function WithCode({ text }: { readonly text: string }) {
  return text.split(/(«.*?»)/u).map((part, i) =>
    part.startsWith('«') ? (
      // Parts of one sentence have no identity but their place.
      // biome-ignore lint/suspicious/noArrayIndexKey: fixed list
      <code key={i}>{part}</code>
    ) : (
      part
    ),
  );
}
