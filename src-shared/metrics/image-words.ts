/**
 * How many of a reference's image-dependent words an answer has in their order: the longest common subsequence of
 * those words and the words of the answer. Words are runs of ASCII letters and digits, small and large letters alike.
 */
export function imageWordsRight(imageWords: readonly string[], answer: string): ImageWordCount {
  const wanted = imageWords.flatMap(wordsOf);
  let row = new Array<number>(wanted.length + 1).fill(0);
  for (const word of wordsOf(answer)) {
    const next = [0];
    for (const [i, other] of wanted.entries()) {
      next.push(word === other ? (row[i] ?? 0) + 1 : Math.max(row[i + 1] ?? 0, next[i] ?? 0));
    }
    row = next;
  }
  return { right: row.at(-1) ?? 0, of: wanted.length };
}

export interface ImageWordCount {
  readonly right: number;
  readonly of: number;
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
