import type { RunView } from '../model/run-view.ts';
import { tokenTexts } from '../model/token-rows.ts';
import { tokenLabel } from '../model/vocabulary.ts';

const columns = [
  'turn',
  'index',
  'id',
  'token',
  'origin',
  'depth',
  'round',
  'p_target',
  'target_rank',
  'p_draft',
  'draft_rank',
  'entropy_nats',
  'margin_logits',
  'score_r',
] as const;

/** Answer tokens as tab-separated values with a header; ranks count from 1, what is not known is empty. */
export function tokenTable(view: RunView, shown: ReadonlySet<number> | null): string {
  const rows = view.tokens.flatMap((t, place) =>
    shown?.has(place) === false
      ? []
      : [
          [
            t.turn + 1,
            t.index,
            t.id,
            tokenLabel(view.vocabulary, t.id),
            t.origin,
            t.origin === 'accepted' ? t.depth : '',
            t.round,
            t.pTarget,
            t.targetRank + 1,
            t.pDraft ?? '',
            t.draftRank === null ? '' : t.draftRank + 1,
            t.entropy,
            t.margin,
            t.score ?? '',
          ].join('\t'),
        ],
  );
  return `${[columns.join('\t'), ...rows].join('\n')}\n`;
}

/** Text of the tokens at places [from, to); turns are separated by an empty line. */
export function answerText(view: RunView, from = 0, to = view.tokens.length): string {
  const parts: string[] = [];
  let at = from;
  while (at < to) {
    const turn = view.tokens[at]?.turn;
    let end = at;
    while (end < to && view.tokens[end]?.turn === turn) end += 1;
    parts.push(
      tokenTexts(view.tokens.slice(at, end), view.vocabulary)
        .map(({ text }) => text)
        .join(''),
    );
    at = end;
  }
  return parts.join('\n\n');
}
