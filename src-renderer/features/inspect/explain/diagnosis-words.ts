import { formatPercent, plural } from '../../../ui/format.ts';
import { reasonWord } from '../words/plain-reason.ts';
import type { Diagnosis, Tally } from './diagnosis.ts';
import { type NearImage, wordClassWords } from './word-class.ts';

/** Fewer offers than this say nothing about a class. */
const fewest = 5;

export const nearWords: Readonly<Record<NearImage, string>> = {
  in: 'in an image-dependent word',
  after: 'right after one',
  elsewhere: 'elsewhere',
};

/** "12 of 40 accepted (30%)" */
export function tallyWords({ accepted, offers }: Tally): string {
  return `${accepted} of ${offers} accepted (${formatPercent(offers === 0 ? null : accepted / offers, 0)})`;
}

/** A run's diagnosis in a few short sentences, the most telling first; empty when nothing was ever drafted. */
export function diagnosisSentences(d: Diagnosis): readonly string[] {
  if (d.all.offers === 0) return undraftedSentence(d);
  const lost = d.all.offers - d.all.accepted;
  return [
    ...exhaustedSentence(d),
    ...depthSentence(d, lost),
    ...classSentence(d),
    ...nearSentence(d),
    ...missSentence(d),
    ...undraftedSentence(d),
  ];
}

/** Said first where more drafts end because they are used up than because they are refused. */
function exhaustedSentence({ exhausted, drafts }: Diagnosis): string[] {
  if (exhausted * 2 <= drafts) return [];
  return [
    `${exhausted} of ${drafts} drafts were accepted to their end, so their length limits acceptance more than refusals do.`,
  ];
}

function depthSentence({ byDepth }: Diagnosis, lost: number): string[] {
  if (lost === 0) return ['Every offer was accepted.'];
  const refusals = byDepth.map((t) => t.offers - t.accepted);
  const most = refusals.indexOf(Math.max(...refusals));
  const at = byDepth[most];
  if (at === undefined) return [];
  return [
    `Acceptance dies most at depth ${most + 1}: ${refusals[most]} of ${plural(lost, 'refusal')}; there ${tallyWords(at)}.`,
  ];
}

/** The class that fares worst, where it is told apart from the rest by more than a tenth. */
function classSentence({ byClass, all }: Diagnosis): string[] {
  const worst = worstOf(byClass, all);
  if (worst === null) return [];
  return [
    `Worst on ${wordClassWords[worst.own.word]}: ${tallyWords(worst.own)}; on all others ${tallyWords(worst.rest)}.`,
  ];
}

function nearSentence({ byNear }: Diagnosis): string[] {
  const after = byNear.find((n) => n.near === 'after');
  const elsewhere = byNear.find((n) => n.near === 'elsewhere');
  if (after === undefined || elsewhere === undefined || after.offers < fewest) return [];
  const [a, b] = [rateOf(after), rateOf(elsewhere)];
  if (Math.abs(a - b) <= 0.1) return [];
  return [
    `Right after an image-dependent word acceptance is ${a < b ? 'lower' : 'higher'}: ${tallyWords(after)}; elsewhere ${tallyWords(elsewhere)}.`,
  ];
}

function missSentence({ missedKnown, missedUnknown }: Diagnosis): string[] {
  if (missedKnown === 0) return [];
  return [
    `In ${missedKnown} of ${plural(missedKnown + missedUnknown, 'refusal')} the draft had the target's token among its most likely but did not offer it; a wider draft could have.`,
  ];
}

function undraftedSentence({ undrafted, rounds }: Diagnosis): string[] {
  if (undrafted.length === 0) return [];
  const total = undrafted.reduce((sum, u) => sum + u.rounds, 0);
  const why = undrafted.map((u) => `${u.rounds} ${reasonWord(u.reason)}`).join(', ');
  return [`No draft in ${total} of ${plural(rounds, 'round')}: ${why}.`];
}

const rateOf = ({ offers, accepted }: Tally): number => accepted / offers;

function worstOf<T extends Tally>(groups: readonly T[], all: Tally) {
  let worst: { readonly own: T; readonly rest: Tally } | null = null;
  for (const own of groups) {
    const rest = { offers: all.offers - own.offers, accepted: all.accepted - own.accepted };
    if (own.offers < fewest || rest.offers < fewest || rateOf(rest) - rateOf(own) <= 0.1) continue;
    if (worst === null || rateOf(own) < rateOf(worst.own)) worst = { own, rest };
  }
  return worst;
}
