import { useCallback, useEffect, useRef, useState } from 'react';

/** Browsers refuse hundreds of address changes in a few seconds, which a held arrow key would make. */
const settleMs = 200;

/**
 * A position that follows every key press at once and goes into the address when it has come to rest.
 *
 * @param stored what the address holds
 * @param store puts a value into the address
 */
export function useCursor<T>(stored: T, store: (value: T) => void): readonly [T, (value: T) => void] {
  const [moving, setMoving] = useState<{ readonly value: T } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latestStore = useRef(store);
  useEffect(() => {
    latestStore.current = store;
  });
  const written = useRef<{ readonly value: T } | null>(null);
  useEffect(() => {
    // The address caught up with what was written here: a step made since then stays. Otherwise it was changed elsewhere.
    const own = written.current?.value === stored;
    written.current = null;
    setMoving((now) => (own && now !== null && now.value !== stored ? now : null));
  }, [stored]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = useCallback((value: T) => {
    setMoving({ value });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      written.current = { value };
      latestStore.current(value);
    }, settleMs);
  }, []);
  return [moving === null ? stored : moving.value, move];
}
