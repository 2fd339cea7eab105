import { assertNever } from '#shared/domain/assert.ts';
import type { DraftShape, MethodSpec } from '#shared/domain/method.ts';
import type { CaptureSpec, EngineOptions, Sampling } from '#shared/domain/run.ts';
import { binaryShape, eagleShape } from '#shared/domain/shapes.ts';
import { probability } from '../words/numbers.ts';

/** Fixed trees that can be chosen by name. */
export const staticPresets = [
  { id: 'binary-3', label: 'Binary, depth 3 (15 nodes)', shape: binaryShape(3) },
  { id: 'binary-4', label: 'Binary, depth 4 (31 nodes)', shape: binaryShape(4) },
  { id: 'eagle-26', label: "EAGLE-1's tree (26 nodes)", shape: eagleShape },
] as const;
export type PresetId = (typeof staticPresets)[number]['id'];

/** Preset that a static shape is, null for another tree. */
export function presetOf(shape: DraftShape): PresetId | null {
  const text = JSON.stringify(shape);
  return staticPresets.find((preset) => JSON.stringify(preset.shape) === text)?.id ?? null;
}

function shapeLabel(shape: DraftShape): string {
  switch (shape.kind) {
    case 'chain':
      return `chain ${shape.length}`;
    case 'dynamic':
      return `tree K${shape.topK} D${shape.depth} N${shape.nodes}`;
    case 'static':
      return `fixed tree, ${shape.parents.length + 1} nodes`;
    default:
      return assertNever(shape);
  }
}

/** A method in a few characters, for the bar. */
export function shortMethod(method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'plain (ar)';
    case 'pld':
      return `pld, ${method.ngram}-gram, ${method.maxDraft}`;
    case 'draft-model':
      return `draft, ${shapeLabel(method.shape)}`;
    default:
      return assertNever(method);
  }
}

export function shortSampling(s: Sampling): string {
  if (s.temperature === 0) return 'greedy';
  const cuts = [s.topK > 0 ? `k ${s.topK}` : '', s.topP < 1 ? `p ${probability(s.topP)}` : ''].filter(
    (c) => c !== '',
  );
  return [`T ${s.temperature}`, ...cuts, `seed ${s.seed}`].join(', ');
}

export function shortCapture(capture: CaptureSpec): string {
  const { layers } = capture;
  if (layers === 'last') return 'last layer';
  if (layers === 'all') return 'all layers';
  if (layers === 'none') return 'none';
  return `layers ${layers.join(', ')}`;
}

/** Engine options that are not left to the engine: "cpu, 4 threads", or "auto". */
export function shortEngine(engine: EngineOptions): string {
  const parts = [
    engine.gpu === 'auto' ? '' : engine.gpu,
    engine.device ?? '',
    engine.gpuLayers === null ? '' : `${engine.gpuLayers === -1 ? 'all' : engine.gpuLayers} GPU layers`,
    engine.threads === null ? '' : `${engine.threads} threads`,
    engine.contextSize === null ? '' : `ctx ${engine.contextSize}`,
    engine.kvType === 'auto' ? '' : engine.kvType.toUpperCase(),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'auto' : parts.join(', ');
}
