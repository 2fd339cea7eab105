import { assertNever } from '#shared/domain/assert.ts';
import type { MethodSpec } from '#shared/domain/method.ts';
import type { Round } from '#shared/domain/round.ts';
import type { Turn } from '#shared/domain/run.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { DraftTree } from '#shared/domain/tree.ts';
import { probability } from '../words/numbers.ts';
import { plainReason } from '../words/plain-reason.ts';

/** What a round's sentence is made from. */
export interface RoundStory {
  readonly round: Round;
  readonly method: MethodSpec;
  /** tokens that the round committed, in order */
  readonly committed: readonly AnswerToken[];
  /** null where it was not read: then the refused tokens are not named */
  readonly tree: DraftTree | null;
  /** why the turn ended with this round; null when it went on */
  readonly endedBy: Turn['endedBy'];
  readonly label: (tokenId: number) => string;
}

const endWords: Readonly<Record<NonNullable<Turn['endedBy']>, string>> = {
  'end-of-text': 'the answer ended there',
  'max-tokens': 'the token limit ended the answer',
  'context-full': 'the full context ended the answer',
  stopped: 'the run was stopped there',
};

/**
 * What happened in a round as one plain sentence: how much was drafted and accepted, what the target preferred to the
 * refused token and where it looked, and which token ended the round. Probabilities are the target's, at
 * temperature 1 (softmax of raw logits).
 */
export function roundSentence(story: RoundStory): string {
  const { round, committed, endedBy } = story;
  const own = committed.at(-1);
  const parts = [
    head(story),
    ...(own === undefined || round.noDraft !== null ? [] : [last(story, own)]),
    ...(endedBy === null || (own !== undefined && endsDraft(story, own)) ? [] : [endWords[endedBy]]),
  ];
  return `${capital(parts.join('; '))}.`;
}

function head(story: RoundStory): string {
  const { round, committed, method } = story;
  const own = committed.at(-1);
  const reason = plainReason(round, method);
  if (reason !== null) {
    const what = round.noDraft === 'prefill' ? reason : `nothing drafted: ${reason}`;
    if (own === undefined) return what;
    return `${what}; ${put(story, own)}`;
  }
  const { drafted, accepted } = round;
  if (accepted === 0) return `${drafted} drafted, none accepted`;
  if (accepted === drafted) return `${drafted} drafted, all accepted`;
  const leaf = own?.origin === 'bonus' && !endsDraft(story, own) ? ' to the end of a branch' : '';
  return `${drafted} drafted, ${accepted} accepted${leaf}`;
}

/** What the round's last token, the target's own, was put in place of or after. */
function last(story: RoundStory, own: AnswerToken): string {
  switch (own.origin) {
    case 'correction':
      return refusal(story, own);
    case 'bonus':
      return endsDraft(story, own)
        ? `${quoted(story, own.id)}, drafted too, ended the answer as the target's own token`
        : `bonus ${quoted(story, own.id)}, p ${probability(own.pTarget)}`;
    case 'prefill':
    case 'plain':
    case 'forced-plain':
    case 'accepted':
    case 'user':
      return put(story, own);
    default:
      return assertNever(own.origin);
  }
}

function put(story: RoundStory, own: AnswerToken): string {
  const by = own.origin === 'user' ? 'you put' : 'the target put';
  return `${by} ${quoted(story, own.id)}, p ${probability(own.pTarget)}`;
}

/** Whether the answer ended with a token that was drafted too. */
function endsDraft({ tree }: RoundStory, own: AnswerToken): boolean {
  return refusedAt(tree, own.rowNode, ['after-end']).some((node) => tree?.tokens[node] === own.id);
}

function refusal(story: RoundStory, own: AnswerToken): string {
  const { tree } = story;
  const chosen = quoted(story, own.id);
  const nodes = refusedAt(tree, own.rowNode, ['not-chosen', 'draw-refused']);
  const [first] = nodes;
  if (tree === null || first === undefined) {
    return `the target put ${chosen} instead, p ${probability(own.pTarget)}${looking(own)}`;
  }
  const drawn = tree.fates[first] === 'draw-refused';
  const others = nodes.length === 1 ? '' : ` and ${nodes.length - 1} more`;
  const p = tree.targetProb[first] ?? null;
  const against = p === null ? '' : ` to ${probability(p)}`;
  return [
    `${quoted(story, tree.tokens[first] ?? 0)}${others} refused${drawn ? ' by the draw' : ''}: `,
    `target ${drawn ? 'drew' : 'preferred'} ${chosen}, p ${probability(own.pTarget)}${against}`,
    looking(own),
  ].join('');
}

/** Drafted children of a node with one of some fates, the draft's favourite first. */
function refusedAt(tree: DraftTree | null, row: number, fates: readonly DraftTree['fates'][number][]) {
  if (tree === null) return [];
  const nodes = tree.parents.flatMap((parent, node) => {
    const fate = tree.fates[node];
    return node > 0 && parent === row && fate !== undefined && fates.includes(fate) ? [node] : [];
  });
  return nodes.sort((a, b) => (tree.draftProb[b] ?? 0) - (tree.draftProb[a] ?? 0));
}

function looking(token: AnswerToken): string {
  return token.score === null
    ? ''
    : `, while looking at the image with ${probability(token.score)} of its attention`;
}

function quoted({ label }: RoundStory, id: number): string {
  return `«${label(id)}»`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
