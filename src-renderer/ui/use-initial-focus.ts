import { type RefObject, useEffect, useRef } from 'react';

/**
 * Gives the focus to the element when it first appears, or another takes its place, unless something else has it: arrow
 * keys work at once.
 */
export function useInitialFocus(ref: RefObject<HTMLElement | null>): void {
  const last = useRef<HTMLElement | null>(null);
  useEffect(() => {
    if (ref.current === null || ref.current === last.current) return;
    last.current = ref.current;
    if (document.activeElement === document.body || document.activeElement === null) {
      ref.current.focus({ preventScroll: true });
    }
  });
}
