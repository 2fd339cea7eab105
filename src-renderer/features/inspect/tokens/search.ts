import type { RunView } from '../model/run-view.ts';
import { tokenTexts } from '../model/token-rows.ts';

/** Places [from, to) of the tokens that a match has a part of. */
export interface Match {
  readonly from: number;
  readonly to: number;
}

/**
 * Where a text occurs in the answers, turn by turn, also across tokens; large and small letters alike. Matches do not
 * overlap.
 */
export function findText(view: RunView, query: string): readonly Match[] {
  const wanted = query.toLowerCase();
  if (wanted === '') return [];
  const out: Match[] = [];
  let from = 0;
  while (from < view.tokens.length) {
    const turn = view.tokens[from]?.turn ?? 0;
    let to = from;
    while (view.tokens[to]?.turn === turn) to += 1;
    out.push(...matchesIn(tokenTexts(view.tokens.slice(from, to), view.vocabulary), wanted, from));
    from = to;
  }
  return out;
}

function matchesIn(texts: readonly { readonly text: string }[], wanted: string, first: number): Match[] {
  // Lower-casing may change a text's length, so it is done token by token.
  const lower = texts.map(({ text }) => text.toLowerCase());
  const whole = lower.join('');
  const out: Match[] = [];
  let token = 0;
  let end = lower[0]?.length ?? 0;
  const tokenAt = (at: number): number => {
    while (at >= end && token < lower.length - 1) {
      token += 1;
      end += lower[token]?.length ?? 0;
    }
    return token;
  };
  for (let at = whole.indexOf(wanted); at >= 0; at = whole.indexOf(wanted, at + wanted.length)) {
    const from = tokenAt(at);
    out.push({ from: first + from, to: first + tokenAt(at + wanted.length - 1) + 1 });
  }
  return out;
}
