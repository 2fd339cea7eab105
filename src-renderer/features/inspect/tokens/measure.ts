import type { Measure } from './stream-rows.ts';

/**
 * Widths of texts in a font (CSS `font`), in CSS pixels. A text is measured once: a run has few different tokens.
 * @throws Error where the browser has no 2d canvas
 */
export function textMeasure(font: string): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) throw new Error('this browser cannot measure text: it has no 2d canvas');
  context.font = font;
  const known = new Map<string, number>();
  return (text) => {
    if (text === '') return 0;
    const found = known.get(text);
    if (found !== undefined) return found;
    const { width } = context.measureText(text);
    known.set(text, width);
    return width;
  };
}
