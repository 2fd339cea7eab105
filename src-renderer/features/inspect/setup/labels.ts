import { assertNever } from '#shared/domain/assert.ts';
import type { DraftShape, MethodName, MethodSpec, Variant } from '#shared/domain/method.ts';
import type { EngineOptions, Sampling } from '#shared/domain/run.ts';
import { binaryShape, eagleShape, recyclingShape } from '#shared/domain/shapes.ts';
import { probability } from '../words/numbers.ts';

/** Fixed trees that can be chosen by name. */
export const staticPresets = [
  { id: 'binary-3', label: 'Binary, depth 3 (15 nodes)', shape: binaryShape(3) },
  { id: 'binary-4', label: 'Binary, depth 4 (31 nodes)', shape: binaryShape(4) },
  { id: 'eagle-26', label: "EAGLE-1's tree (26 nodes)", shape: eagleShape },
  { id: 'recycling-81', label: "Token Recycling's tree (81 nodes)", shape: recyclingShape },
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

/** Names of the methods, in words. */
export const methodTitles: Readonly<Record<MethodName, string>> = {
  ar: 'Plain',
  'draft-model': 'Draft model',
  pld: 'Prompt lookup',
  lookahead: 'Lookahead trie',
  recycling: 'Token Recycling',
  sam: 'SAM decoding',
  medusa: 'Medusa',
  eagle: 'EAGLE-1',
  eagle2: 'EAGLE-2',
  eagle3: 'EAGLE-3',
  msd: 'MSD',
  vispec: 'ViSpec',
};

/** A method in a few characters, for the bar. */
export function shortMethod(method: MethodSpec): string {
  switch (method.name) {
    case 'ar':
      return 'plain (ar)';
    case 'pld':
      return `pld, ${method.ngram}-gram, ${method.maxDraft}`;
    case 'lookahead':
      return `lookahead, ${method.nodes} nodes${method.shared ? ', shared' : ''}${variantMark(method.variant)}`;
    case 'recycling':
      return `recycling, ${shapeLabel(method.shape)}${variantMark(method.variant)}`;
    case 'sam':
      return `sam, ×${method.perMatch}, ${method.maxDraft}${variantMark(method.variant)}`;
    case 'draft-model':
      return `draft, ${shapeLabel(method.shape)}`;
    case 'eagle2': {
      const cut = method.threshold === null ? '' : `, p > ${probability(method.threshold)}`;
      return `eagle2, ${shapeLabel(method.shape)}${cut}`;
    }
    case 'medusa':
    case 'eagle':
    case 'eagle3':
    case 'msd':
    case 'vispec':
      return `${method.name}, ${shapeLabel(method.shape)}`;
    default:
      return assertNever(method);
  }
}

const variantMark = (variant: Variant): string => (variant === 'mmspec' ? ', mmspec' : '');

export function shortSampling(s: Sampling): string {
  if (s.temperature === 0) return 'greedy';
  const cuts = [s.topK > 0 ? `k ${s.topK}` : '', s.topP < 1 ? `p ${probability(s.topP)}` : ''].filter(
    (c) => c !== '',
  );
  return [`T ${s.temperature}`, ...cuts, `seed ${s.seed}`].join(', ');
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
