import { assertNever } from '#shared/domain/assert.ts';
import {
  type BreakCondition,
  type BreakHit,
  type Breakpoint,
  breakLabel,
  type StopAt,
} from '#shared/domain/breakpoint.ts';
import type { RoundRecord } from '#shared/domain/round.ts';
import type { AnswerToken } from '#shared/domain/token.ts';
import type { DraftTree } from '#shared/domain/tree.ts';

/** A round that was just decoded, with what breakpoints look at around it. */
export interface Watched {
  readonly record: RoundRecord;
  /** the round ended its turn */
  readonly last: boolean;
  /** answer of the turn so far: `ends[i]` is the length of the text with the first i tokens of this round */
  readonly text: string;
  readonly ends: readonly number[];
  /** token ids of the turn's answer, this round's among them */
  readonly ids: readonly number[];
  /** plain decoding's answer to the same turn; null: not known */
  readonly plain: readonly number[] | null;
  /** tokens of the run before this round, over all turns */
  readonly before: number;
}

/**
 * Finds a match of a regular expression in `text` that ends after `from`: where it ends and what it is. 'too slow': the
 * pattern was given up on this text.
 */
export type Matcher = (
  pattern: string,
  text: string,
  from: number,
) => { readonly end: number; readonly match: string } | null | 'too slow';

/** What was found, and at which token of the round (its place there; null: the round as a whole). */
interface Found {
  readonly place: number | null;
  readonly found: string;
}

/** The first breakpoint of the list that is on and met by the round, or the cursor that it has reached; null: go on. */
export function findHit(
  breakpoints: readonly Breakpoint[],
  stopAt: StopAt | null,
  watched: Watched,
  matcher: Matcher,
): BreakHit | null {
  const { round, tokens } = watched.record;
  const hit = (id: string | null, label: string, { place, found }: Found): BreakHit => ({
    id,
    label,
    round: round.index,
    turn: round.turn,
    token: place === null ? null : (tokens[place]?.index ?? null),
    found,
  });
  for (const { id, on, when } of breakpoints) {
    const found = on ? meets(when, watched, matcher) : null;
    if (found !== null) return hit(id, breakLabel(when), found);
  }
  const reached = stopAt === null ? null : reaches(stopAt, watched);
  return reached === null ? null : hit(null, 'cursor', reached);
}

function meets(when: BreakCondition, watched: Watched, matcher: Matcher): Found | null {
  const { record, last } = watched;
  const { round, tokens, tree } = record;
  switch (when.kind) {
    case 'round':
      return round.index === when.round ? { place: null, found: `round ${round.index} was decoded` } : null;
    case 'accepted':
      return round.drafted > 0 && compare(round.accepted, when.is, when.n)
        ? { place: null, found: `${round.accepted} of ${round.drafted} draft tokens accepted` }
        : null;
    case 'gate':
      return gateFound(record, when.near);
    case 'score':
      return firstToken(
        tokens,
        (t) => t.score !== null && t.score >= when.least,
        (t) => `r ${t.score}`,
      );
    case 'text':
      return textFound(when, watched, matcher);
    case 'p-target':
      return firstToken(
        tokens,
        (t) => t.pTarget < when.below,
        (t) => `p target ${t.pTarget}`,
      );
    case 'draft-rank':
      return rankFound(tree, tokens, when.above);
    case 'differs':
      return difference(watched);
    case 'turn-end':
      return last ? { place: tokens.length - 1, found: `turn ${round.turn} ended` } : null;
    default:
      return assertNever(when);
  }
}

function compare(value: number, is: '=' | '>=' | '<=', n: number): boolean {
  if (is === '=') return value === n;
  return is === '>=' ? value >= n : value <= n;
}

function firstToken(
  tokens: readonly AnswerToken[],
  is: (token: AnswerToken) => boolean,
  words: (token: AnswerToken) => string,
): Found | null {
  const place = tokens.findIndex(is);
  const token = tokens[place];
  return token === undefined ? null : { place, found: words(token) };
}

/** The score that the gate compared before this round. */
function gateFound({ round }: RoundRecord, near: number): Found | null {
  const { score, threshold, hit, skipped } = round.gate;
  if (score === null || threshold === null) return null;
  if (!hit && threshold - score > near) return null;
  const what = hit ? (skipped ? 'hit, not drafted' : 'hit') : 'near miss';
  return { place: null, found: `${what}: r ${score}, threshold ${threshold}` };
}

function textFound(
  { text, regex }: Extract<BreakCondition, { kind: 'text' }>,
  watched: Watched,
  matcher: Matcher,
): Found | null {
  const from = watched.ends[0] ?? 0;
  const found = regex ? matcher(text, watched.text, from) : plainMatch(text, watched.text, from);
  if (found === null) return null;
  if (found === 'too slow') {
    return { place: null, found: 'the pattern takes too long on this text: change it, or switch it off' };
  }
  // The token that brought the end of the match.
  const place = watched.ends.findIndex((end, i) => i > 0 && end >= found.end) - 1;
  return { place: place < 0 ? null : place, found: `“${found.match}”` };
}

function plainMatch(text: string, within: string, from: number): { end: number; match: string } | null {
  const at = within.indexOf(text, Math.max(0, from - text.length + 1));
  return at < 0 ? null : { end: at + text.length, match: text };
}

/** Along the accepted path, the target's rank of the token that the draft would have tried first there. */
function rankFound(tree: DraftTree, tokens: readonly AnswerToken[], above: number): Found | null {
  for (const [place, token] of tokens.entries()) {
    const first = tree.parents.findIndex(
      (parent, i) => parent === token.rowNode && i > 0 && i < tree.verified,
    );
    const rank = first < 0 ? null : (tree.targetRank[first] ?? null);
    if (rank !== null && rank + 1 > above) {
      return { place, found: `the draft's first choice was the target's #${rank + 1}` };
    }
  }
  return null;
}

/** The first token that plain decoding does not have there, if it is in this round. */
function difference({ record, ids, plain, last }: Watched): Found | null {
  if (plain === null) return null;
  const start = ids.length - record.tokens.length;
  const at = ids.findIndex((id, i) => id !== plain[i]);
  if (at >= start) {
    const found =
      at < plain.length ? 'plain decoding has another token here' : 'plain decoding has ended here';
    return { place: at - start, found };
  }
  if (at < 0 && last && plain.length > ids.length) {
    return { place: record.tokens.length - 1, found: 'plain decoding goes on after this token' };
  }
  return null;
}

function reaches(stopAt: StopAt, { record, before }: Watched): Found | null {
  const { round, tokens } = record;
  switch (stopAt.kind) {
    case 'round':
      return round.index >= stopAt.round ? { place: null, found: `round ${round.index} was decoded` } : null;
    case 'token': {
      const place = stopAt.token - before;
      if (place >= tokens.length) return null;
      return { place: Math.max(0, place), found: `token ${stopAt.token} was decoded` };
    }
    default:
      return assertNever(stopAt);
  }
}
