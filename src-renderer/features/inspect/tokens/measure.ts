import type { Measure } from './stream-rows.ts';

const plain = /^[ -~]*$/;

/**
 * Widths of texts in a font (CSS `font`), in CSS pixels. A text is measured once: a run has few different tokens. In a font
 * whose letters are all equally wide, plain ASCII is counted.
 * @throws Error where the browser has no 2d canvas
 */
export function textMeasure(font: string): Measure {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) throw new Error('this browser cannot measure text: it has no 2d canvas');
  context.font = font;
  const advance = context.measureText('0').width;
  const even = ['i', 'W', ' ', '~'].every((letter) => context.measureText(letter).width === advance);
  const known = new Map<string, number>();
  return (text) => {
    if (text === '') return 0;
    if (even && plain.test(text)) return text.length * advance;
    const found = known.get(text);
    if (found !== undefined) return found;
    const { width } = context.measureText(text);
    known.set(text, width);
    return width;
  };
}
