/**
 * How a model grows without changing what it computes.
 *
 * Layers are put in before the last one whose output projections (attn_output, ffn_down) are zero. Whatever such a layer
 * computes, it adds exactly 0 to the residual stream, in any arithmetic and with any kernel, and still reads all of its weights for
 * every token. The last layer stays the last, so its attention, which ViSkip scores, stays what it was.
 *
 * llama.cpp knows one feed-forward width for all layers of these architectures. So that few layers suffice (each one takes
 * cache and attention), that width grows too: new rows of gate and up in the model's own layers are random, the columns of down that
 * take them are zero and stand behind the others. CPU kernels sum a row from front to back in lanes of at most 64 numbers, so
 * behind a multiple of 64 numbers zeros leave every partial sum as it was. On a GPU rows may be cut otherwise: near-ties may flip.
 *
 * New layers are F32: the most bytes per multiplication, so that it is memory that bounds the speed.
 */
import { elementBytes, elementsOf, type TensorType, tensorTypeName } from '../gguf/format.ts';
import type { HeaderTensor } from '../gguf/header.ts';

/** Longest run of numbers that a CPU kernel sums at once. */
const lanes = 64;

export interface ModelShape {
  readonly layers: number;
  readonly feedForward: number;
}

/** What fills a tensor, or a part of it. */
export type Fill = 'random' | 'zero' | 'copy-of-template';

export type Grown =
  /** as it is, under another name perhaps */
  | { readonly kind: 'kept'; readonly name: string; readonly source: HeaderTensor }
  /** more rows behind the others */
  | {
      readonly kind: 'more-rows';
      readonly name: string;
      readonly source: HeaderTensor;
      readonly type: TensorType;
      readonly shape: readonly number[];
      readonly fill: Fill;
    }
  /** every row longer, with zeros at its end */
  | {
      readonly kind: 'longer-rows';
      readonly name: string;
      readonly source: HeaderTensor;
      readonly type: TensorType;
      readonly shape: readonly number[];
    }
  /** of a new layer; `source` is the same tensor of the last layer */
  | {
      readonly kind: 'new';
      readonly name: string;
      readonly source: HeaderTensor;
      readonly type: TensorType;
      readonly shape: readonly number[];
      readonly fill: Fill;
    };

export interface InflatePlan {
  readonly shape: ModelShape;
  readonly inserted: { readonly first: number; readonly count: number };
  readonly tensors: readonly Grown[];
  /** bytes of weights that one token reads, before and after */
  readonly touched: { readonly before: number; readonly after: number };
}

/** The model cannot grow: why, in words. */
export class InflateError extends Error {
  override readonly name = 'InflateError';
}

type Part = 'norm' | 'attention' | 'attention-out' | 'widened' | 'down' | 'down-bias';

/** Tensors of a layer of the `llama` and `qwen2` families (src/models/llama.cpp, qwen2.cpp of llama.cpp). */
const parts: ReadonlyMap<string, Part> = new Map([
  ['attn_norm.weight', 'norm'],
  ['attn_q.weight', 'attention'],
  ['attn_k.weight', 'attention'],
  ['attn_v.weight', 'attention'],
  ['attn_q.bias', 'attention'],
  ['attn_k.bias', 'attention'],
  ['attn_v.bias', 'attention'],
  ['attn_output.weight', 'attention-out'],
  ['attn_output.bias', 'attention-out'],
  ['ffn_norm.weight', 'norm'],
  ['ffn_gate.weight', 'widened'],
  ['ffn_up.weight', 'widened'],
  ['ffn_gate.bias', 'widened'],
  ['ffn_up.bias', 'widened'],
  ['ffn_down.weight', 'down'],
  ['ffn_down.bias', 'down-bias'],
]);

interface LayerTensor {
  readonly layer: number;
  readonly suffix: string;
  readonly part: Part;
  readonly tensor: HeaderTensor;
}

/**
 * @param megabytes of weights that one token reads, at least (10^6 bytes)
 * @throws InflateError
 */
export function planInflate(
  tensors: readonly HeaderTensor[],
  shape: ModelShape,
  megabytes: number,
): InflatePlan {
  const layered = tensors.flatMap((tensor) => layerTensor(tensor));
  const inLayers = new Set(layered.map(({ tensor }) => tensor));
  const outside = tensors.filter((tensor) => !inLayers.has(tensor));
  if (shape.feedForward % lanes !== 0) {
    throw new InflateError(
      `its feed-forward width ${shape.feedForward} is no multiple of ${lanes}, so that zeros behind it could change sums`,
    );
  }
  const template = layered.filter(({ layer }) => layer === shape.layers - 1);
  if (template.length === 0) throw new InflateError(`it has no layer ${shape.layers - 1}`);
  const before = touchedBytes(tensors);
  const grow = growth(layered, template, shape, megabytes * 1e6 - before);
  const first = shape.layers - 1;
  const grown: Grown[] = outside.map((source) => ({ kind: 'kept', name: source.name, source }));
  for (const one of layered) {
    const layer = one.layer === first ? first + grow.count : one.layer;
    grown.push(widened(one, layer, shape.feedForward, grow.feedForward));
  }
  for (let layer = first; layer < first + grow.count; layer++) {
    for (const one of template) grown.push(added(one, layer, shape.feedForward, grow.feedForward));
  }
  const layerBytes = grown.slice(outside.length).reduce((sum, tensor) => sum + grownBytes(tensor), 0);
  const kept = layered.reduce((sum, { tensor }) => sum + plainBytes(tensor), 0);
  return {
    shape: { layers: shape.layers + grow.count, feedForward: grow.feedForward },
    inserted: { first, count: grow.count },
    tensors: grown,
    touched: { before, after: before - kept + layerBytes },
  };
}

function layerTensor(tensor: HeaderTensor): LayerTensor[] {
  const match = /^blk\.(\d+)\.(.+)$/.exec(tensor.name);
  if (match === null) return [];
  const [, layer, suffix = ''] = match;
  const part = parts.get(suffix);
  if (part === undefined) {
    throw new InflateError(`its tensor ${tensor.name} is none of a plain llama or qwen2 layer`);
  }
  if (tensorTypeName(tensor.type) === null) {
    throw new InflateError(`its tensor ${tensor.name} is quantised; take the model in F16, BF16 or F32`);
  }
  return [{ layer: Number(layer), suffix, part, tensor }];
}

/** All weights but the embedding, of which a token reads one row, unless it is the output matrix too. */
function touchedBytes(tensors: readonly HeaderTensor[]): number {
  const tied = !tensors.some(({ name }) => name === 'output.weight');
  return tensors
    .filter(({ name }) => tied || name !== 'token_embd.weight')
    .reduce((sum, tensor) => sum + plainBytes(tensor), 0);
}

function plainBytes({ type, shape, room }: HeaderTensor): number {
  const name = tensorTypeName(type);
  return name === null ? room : elementsOf(shape) * elementBytes[name];
}

/** Twice as many new layers as there are, and a width that makes up for the rest; fewer layers where that width would be no wider. */
function growth(
  layered: readonly LayerTensor[],
  template: readonly LayerTensor[],
  { layers, feedForward }: ModelShape,
  missing: number,
): { count: number; feedForward: number } {
  // Bytes per unit of width: in the model's own layers, and in one new layer.
  const wide = (tensors: readonly LayerTensor[], bytes: (tensor: LayerTensor) => number): number =>
    tensors
      .filter(({ part }) => part === 'widened' || part === 'down')
      .reduce((sum, one) => sum + bytes(one) / feedForward, 0);
  const own = wide(layered, ({ tensor }) => plainBytes(tensor));
  const inNew = wide(template, ({ tensor }) => elementsOf(tensor.shape) * elementBytes.f32);
  const newLayer = template.reduce((sum, { tensor }) => sum + elementsOf(tensor.shape) * elementBytes.f32, 0);
  const count = 2 * layers;
  const more = (missing - count * newLayer) / (own + count * inNew);
  if (more > 0) return { count, feedForward: feedForward + Math.ceil(more / lanes) * lanes };
  const fewer = Math.ceil(missing / newLayer);
  if (fewer >= 1) return { count: fewer, feedForward };
  throw new InflateError(`one token reads as much already; ask for more megabytes`);
}

function widened(one: LayerTensor, layer: number, from: number, to: number): Grown {
  const { suffix, part, tensor: source } = one;
  const name = `blk.${layer}.${suffix}`;
  const type = tensorTypeName(source.type) ?? 'f32';
  if (part === 'widened' && to !== from) {
    // A bias has one side; what it adds in the new places meets zeros in down.
    const fill = source.shape.length === 1 ? 'zero' : 'random';
    return { kind: 'more-rows', name, source, type, shape: [...source.shape.slice(0, -1), to], fill };
  }
  if (part === 'down' && to !== from) {
    return { kind: 'longer-rows', name, source, type, shape: [to, ...source.shape.slice(1)] };
  }
  return { kind: 'kept', name, source };
}

function added(
  { suffix, part, tensor: source }: LayerTensor,
  layer: number,
  from: number,
  to: number,
): Grown {
  const shape = source.shape.map((side, at) => {
    const grows = (part === 'widened' && at === source.shape.length - 1) || (part === 'down' && at === 0);
    return grows && side === from ? to : side;
  });
  return { kind: 'new', name: `blk.${layer}.${suffix}`, source, type: 'f32', shape, fill: fillOf(part) };
}

/** The output projections are what makes the layer an identity. */
function fillOf(part: Part): Fill {
  if (part === 'norm') return 'copy-of-template';
  return part === 'attention' || part === 'widened' ? 'random' : 'zero';
}

export function grownBytes(tensor: Grown): number {
  return tensor.kind === 'kept'
    ? plainBytes(tensor.source)
    : elementsOf(tensor.shape) * elementBytes[tensor.type];
}
