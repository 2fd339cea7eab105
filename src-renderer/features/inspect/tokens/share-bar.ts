import type { AnswerToken } from '#shared/domain/token.ts';

/** Said in place of a legend where a run recorded no attention. */
export const notRecorded = 'Attention was not recorded: Capture again, in the image pane';

export const shareNames = ['system', 'image', 'text', 'generated'] as const;

/** CSS background of a bar of a token's attention shares along its upper edge; null without attention. */
export function shareBar(token: AnswerToken): string | null {
  const { shares } = token;
  if (shares === null) return null;
  const total = shareNames.reduce((sum, name) => sum + shares[name], 0);
  if (total <= 0) return null;
  let from = 0;
  const stops = shareNames.map((name) => {
    const to = from + (shares[name] / total) * 100;
    const stop = `var(--share-${name}) ${from.toFixed(1)}% ${to.toFixed(1)}%`;
    from = to;
    return stop;
  });
  return `linear-gradient(to right, ${stops.join(', ')}) top / 100% 6px no-repeat`;
}
