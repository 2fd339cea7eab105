import { type RefObject, useLayoutEffect, useState } from 'react';
import { textMeasure } from './measure.ts';
import type { Measure } from './stream-rows.ts';
import css from './tokens.module.css';

/** Widths stay what they are: one measure per font, so that a run that is opened finds those of the runs before it. */
const measures = new Map<string, Measure>();

function measureOf(font: string): Measure {
  const known = measures.get(font) ?? textMeasure(font);
  measures.set(font, known);
  return known;
}

/** Measures texts in the font of tokens in `box`; null until that font is loaded. */
export function useTextMeasure(box: RefObject<HTMLElement | null>): Measure | null {
  const [measure, setMeasure] = useState<Measure | null>(null);
  useLayoutEffect(() => {
    let gone = false;
    const element = box.current;
    if (element === null) return;
    const probe = document.createElement('span');
    probe.className = css.rowText ?? '';
    element.append(probe);
    const { fontSize, fontFamily } = getComputedStyle(probe);
    probe.remove();
    const font = `${fontSize} ${fontFamily}`;
    const done = () => {
      if (!gone) setMeasure(() => measureOf(font));
    };
    // Once it is loaded the rows are in the first picture.
    if (measures.has(font)) return done();
    // A font that cannot be had is replaced by the next of the family, which is there.
    document.fonts.load(font).then(done, done);
    return () => {
      gone = true;
    };
  }, [box]);
  return measure;
}
