import type { MeasuredSize } from './use-size.ts';

/** Sizes a canvas for the screen's pixel density and returns its cleared context in CSS pixels. */
export function prepareCanvas(canvas: HTMLCanvasElement, size: MeasuredSize): CanvasRenderingContext2D {
  const density = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(size.width * density));
  const height = Math.max(1, Math.round(size.height * density));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('the browser gave no 2-D canvas context');
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  return context;
}
