/** Whether answers are those of plain decoding, token by token. */

/** The tokens of one turn's answer, and how sure the target was of each. */
export interface Output {
  readonly ids: readonly number[];
  /** logit of the target's most likely minus its second token, where each token was chosen */
  readonly margins: readonly number[];
}

export interface Difference {
  /** 0-based position of the first token that differs; the length of the shorter answer where that ended before */
  readonly index: number;
  /** token ids there; null: the answer had ended */
  readonly plain: number | null;
  readonly own: number | null;
  /** the target's margin there in plain decoding: near 0 it was a tie, which rounding may decide; null: no token there */
  readonly margin: number | null;
}

/** The first difference between an answer and that of plain decoding; null when they are the same. */
export function firstDifference(plain: Output, own: Pick<Output, 'ids'>): Difference | null {
  const length = Math.max(plain.ids.length, own.ids.length);
  for (let index = 0; index < length; index++) {
    if (plain.ids[index] === own.ids[index]) continue;
    return {
      index,
      plain: plain.ids[index] ?? null,
      own: own.ids[index] ?? null,
      margin: plain.margins[index] ?? null,
    };
  }
  return null;
}
