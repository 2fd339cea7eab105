import { type RefObject, useEffect, useState } from 'react';
import { textMeasure } from './measure.ts';
import type { Measure } from './stream-rows.ts';
import css from './tokens.module.css';

/** Measures texts in the font of tokens in `box`; null until that font is loaded. */
export function useTextMeasure(box: RefObject<HTMLElement | null>): Measure | null {
  const [measure, setMeasure] = useState<Measure | null>(null);
  useEffect(() => {
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
      if (!gone) setMeasure(() => textMeasure(font));
    };
    // A font that cannot be had is replaced by the next of the family, which is there.
    document.fonts.load(font).then(done, done);
    return () => {
      gone = true;
    };
  }, [box]);
  return measure;
}
