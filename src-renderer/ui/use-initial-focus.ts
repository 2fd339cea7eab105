import { type RefObject, useEffect, useRef } from 'react';

/** Gives the focus to the element when it first appears, unless something else has it: arrow keys work at once. */
export function useInitialFocus(ref: RefObject<HTMLElement | null>): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current || ref.current === null) return;
    done.current = true;
    if (document.activeElement === document.body || document.activeElement === null) {
      ref.current.focus({ preventScroll: true });
    }
  });
}
