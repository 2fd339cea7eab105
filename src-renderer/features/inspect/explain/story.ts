import type { DraftTree } from '#shared/domain/tree.ts';
import { type RunView, tokenSpan } from '../model/run-view.ts';
import { tokenLabel } from '../model/vocabulary.ts';
import { type RoundStory, roundSentence } from './round-sentence.ts';

/** What the sentence about round `index` needs; null when the run has no such round. */
export function storyOf(view: RunView, index: number, tree: DraftTree | null): RoundStory | null {
  const round = view.rounds[index];
  if (round === undefined) return null;
  const turn = view.turns.find((t) => t.index === round.turn);
  const isLast = view.rounds[index + 1]?.turn !== round.turn;
  return {
    round,
    method: view.summary.spec.method,
    committed: view.tokens.slice(...tokenSpan(view, index)),
    tree,
    endedBy: isLast ? (turn?.endedBy ?? null) : null,
    label: (id) => tokenLabel(view.vocabulary, id),
  };
}

/** The sentence about round `index`, '' when the run has no such round. */
export function sentenceOf(view: RunView, index: number, tree: DraftTree | null): string {
  const story = storyOf(view, index, tree);
  return story === null ? '' : roundSentence(story);
}
