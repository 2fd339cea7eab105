/**
 * Where acceptance dies in a run. The unit is an offer: a place of the answer at which the draft offered at least one
 * token that the target verified. It was accepted when the target's token was among those offered, so offers are the
 * accepted tokens and the corrections of a run; a token with which the answer ended counts as the target's own and is
 * no offer (src-shared/domain/round.ts).
 */

import type { ReferenceAnswer } from '#shared/domain/reference.ts';
import type { NoDraftReason } from '#shared/domain/round.ts';
import { acceptanceByDepth, judgedDepth } from '#shared/metrics/acceptance.ts';
import type { RunView } from '../model/run-view.ts';
import { tokenTexts } from '../model/token-rows.ts';
import { imageMarks } from './image-marks.ts';
import { classify, type NearImage, type TokenClass, type WordClass, wordClasses } from './word-class.ts';

export interface Tally {
  readonly offers: number;
  readonly accepted: number;
}

export interface Diagnosis {
  readonly all: Tally;
  /** at 0 for depth 1 */
  readonly byDepth: readonly Tally[];
  readonly byClass: readonly (Tally & { readonly word: WordClass })[];
  /** empty where image-dependent words are not known */
  readonly byNear: readonly (Tally & { readonly near: NearImage })[];
  /** how image-dependent words were found; null: not known */
  readonly marksBy: 'spans' | 'words' | null;
  /** of the refused offers: the draft had the target's token among its recorded most likely, but did not offer it */
  readonly missedKnown: number;
  /** of the refused offers: the draft had no recorded probability for the target's token */
  readonly missedUnknown: number;
  /** drafts that were accepted to the end of their path and ended by a bonus while the answer went on */
  readonly exhausted: number;
  /** rounds that drafted */
  readonly drafts: number;
  readonly undrafted: readonly { readonly reason: NoDraftReason; readonly rounds: number }[];
  readonly rounds: number;
}

/** @param references of the sample, one per turn; empty where there are none */
export function diagnose(view: RunView, references: readonly ReferenceAnswer[]): Diagnosis {
  const { classes, marksBy } = classesOf(view, references);
  const all = new Tallies<'all'>();
  const words = new Tallies<WordClass>();
  const near = new Tallies<NearImage>();
  let missedKnown = 0;
  let missedUnknown = 0;
  for (const [i, token] of view.tokens.entries()) {
    const accepted = token.origin === 'accepted';
    if (!accepted && token.origin !== 'correction') continue;
    all.add('all', accepted);
    const own = classes[i];
    if (own !== undefined) words.add(own.word, accepted);
    if (own !== undefined && own.near !== null) near.add(own.near, accepted);
    if (!accepted && token.draftRank !== null) missedKnown += 1;
    if (!accepted && token.draftRank === null) missedUnknown += 1;
  }
  return {
    all: all.of('all'),
    byDepth: byDepthOf(view),
    byClass: wordClasses.filter((w) => words.of(w).offers > 0).map((word) => ({ word, ...words.of(word) })),
    byNear: (['in', 'after', 'elsewhere'] as const)
      .filter((n) => near.of(n).offers > 0)
      .map((n) => ({ near: n, ...near.of(n) })),
    marksBy,
    missedKnown,
    missedUnknown,
    exhausted: exhaustedOf(view),
    drafts: view.rounds.filter((round) => round.drafted > 0).length,
    undrafted: undraftedOf(view),
    rounds: view.rounds.length,
  };
}

class Tallies<K> {
  readonly #found = new Map<K, Tally>();

  add(key: K, accepted: boolean): void {
    const old = this.of(key);
    this.#found.set(key, { offers: old.offers + 1, accepted: old.accepted + Number(accepted) });
  }

  of(key: K): Tally {
    return this.#found.get(key) ?? { offers: 0, accepted: 0 };
  }
}

function byDepthOf(view: RunView): readonly Tally[] {
  const rounds = view.rounds.map((round, i) => {
    const last = view.tokens[(view.firstTokens[i + 1] ?? view.tokens.length) - 1];
    return { ...round, judged: judgedDepth(round.accepted, last?.origin ?? 'bonus') };
  });
  return acceptanceByDepth(rounds).map(({ accepted, judged }) => ({ accepted, offers: judged ?? 0 }));
}

/** Classes of all tokens of the run; the marks of a turn are known when its reference lists image-dependent words. */
function classesOf(view: RunView, references: readonly ReferenceAnswer[]) {
  const classes: TokenClass[] = [];
  let marksBy: Diagnosis['marksBy'] = null;
  let from = 0;
  while (from < view.tokens.length) {
    const turn = view.tokens[from]?.turn ?? 0;
    let to = from;
    while (view.tokens[to]?.turn === turn) to += 1;
    const texts = tokenTexts(view.tokens.slice(from, to), view.vocabulary).map(({ text }) => text);
    const marks = imageMarks(texts.join(''), references[turn]);
    if (marks !== null) marksBy = marks.by === 'words' ? 'words' : (marksBy ?? 'spans');
    classes.push(...classify(texts, marks?.stretches ?? null));
    from = to;
  }
  return { classes, marksBy };
}

/** Bonus tokens, without those with which an answer ended: there a longer draft could not have helped. */
function exhaustedOf(view: RunView): number {
  return view.tokens.filter((token, i) => token.origin === 'bonus' && view.tokens[i + 1]?.turn === token.turn)
    .length;
}

function undraftedOf(view: RunView): Diagnosis['undrafted'] {
  const counts = new Map<NoDraftReason, number>();
  for (const { noDraft } of view.rounds) {
    if (noDraft !== null && noDraft !== 'prefill') counts.set(noDraft, (counts.get(noDraft) ?? 0) + 1);
  }
  return [...counts].map(([reason, rounds]) => ({ reason, rounds })).sort((a, b) => b.rounds - a.rounds);
}
