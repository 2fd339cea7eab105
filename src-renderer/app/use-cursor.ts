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
  // The address has caught up, or was changed from elsewhere.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `stored` is the signal
  useEffect(() => setMoving(null), [stored]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = useCallback((value: T) => {
    setMoving({ value });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latestStore.current(value), settleMs);
  }, []);
  return [moving === null ? stored : moving.value, move];
}
