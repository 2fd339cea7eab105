import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

export interface MeasuredSize {
  readonly width: number;
  readonly height: number;
}

/** A ref for an element and its inner size in CSS pixels, kept up to date; 0 x 0 before it is mounted. */
export function useSize<T extends HTMLElement>(): [RefObject<T | null>, MeasuredSize] {
  const ref = useRef<T>(null);
  const [size, setSize] = useState<MeasuredSize>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const width = element.clientWidth;
      const height = element.clientHeight;
      setSize((old) => (old.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
